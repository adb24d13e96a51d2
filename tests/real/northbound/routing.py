"""Routers and an outside for tests, made through the stores as the routes make them."""

import uuid

from northbound.networks.network import Network
from northbound.routers import gateway, interfaces, placement
from northbound.routers import store as routers
from northbound.routers.router import Router
from northbound.subnets.subnet import Subnet
from runtime.database import Connection
from tests.real.northbound.networking import PROJECT, insert_network


async def insert_outside(conn: Connection, cidr: str = "150.25.12.0/24") -> Network:
    network, _ = await insert_network(
        conn, cidr, external=True, network_type="flat", physical_network="physical1", mtu=1500, project_id="admins"
    )
    return network


async def insert_router(conn: Connection, *inside: Subnet, outside: Network | None = None) -> Router:
    """A router with an interface in each subnet and, if there is an `outside`, a gateway."""
    router = Router(id=str(uuid.uuid4()), project_id=PROJECT, name="a router")
    await routers.insert_router(conn, router)
    for subnet in inside:
        await interfaces.attach_subnet(conn, await routers.fetch_router(conn, router.id, None), subnet, None)
    if outside is not None:
        await gateway.set_gateway(conn, await routers.fetch_router(conn, router.id, None), outside, None)
        await placement.place(conn, router.id)
    return await routers.fetch_router(conn, router.id, None)
