"""Making a topology of a project's own, and taking it away: all of it in the caller's transaction, or nothing.

    default external network <- router -> subnets of the default pools -> network

Source: Networking API v2.0, extension auto-allocated-topology.
"""

import uuid
from pathlib import Path

from msgspec import Struct

from northbound.networks import store as networks
from northbound.networks.drafting import draft_network
from northbound.networks.network import Network
from northbound.networks.removal import remove_network
from northbound.networks.schema import NetworkDraft
from northbound.ports import metadata
from northbound.routers import gateway, interfaces, placement
from northbound.routers import store as routers
from northbound.routers.router import Router
from northbound.security_groups.store import ensure_default
from northbound.subnet_pools.allocation import PoolWish, allocate
from northbound.subnets import store as subnets
from northbound.subnets.drafting import draft_subnet
from northbound.subnets.schema import SubnetDraft
from northbound.subnets.subnet import Subnet
from runtime.attributes import Uuid
from runtime.database import Connection, queries
from runtime.errors import Conflict, NotFound

SQL = queries(Path(__file__).parent / "queries.sql")
NETWORK, ROUTER, SUBNET = "auto_allocated_network", "auto_allocated_router", "auto_allocated_subnet_v"


class Topology(Struct, frozen=True):
    network_id: str
    router_id: str | None


class AutoAllocationFailure(Conflict):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Deployment error: {reason}.")


class TopologyNotFound(NotFound):
    def __init__(self, project_id: str) -> None:
        super().__init__(f"Auto allocated topology of project {project_id[:64]} could not be found.")


async def check_requirements(conn: Connection) -> tuple[str, list[int]]:
    """(the default external network, the IP versions of default pools); raises AutoAllocationFailure."""
    external = await SQL.default_external_network(conn)
    if external is None:
        raise AutoAllocationFailure("No default router:external network (is_default)")
    versions = [row["ip_version"] async for row in SQL.default_versions(conn)]
    if not versions:
        raise AutoAllocationFailure("No default pools specified (is_default of a subnet pool)")
    return external, versions


async def find_or_build(conn: Connection, project_id: str) -> Topology:
    """The project's topology, made now if there is none; raises AutoAllocationFailure, OverQuota."""
    await SQL.lock_project(conn, project_id=project_id)
    if found := await SQL.find_topology(conn, project_id=project_id):
        return Topology(**dict(found))
    external, versions = await check_requirements(conn)
    network = await _build_network(conn, project_id)
    made = [await _build_subnet(conn, network, version) for version in versions]
    router_id = await _build_router(conn, project_id, external, made)
    await SQL.insert_topology(conn, project_id=project_id, network_id=network.id, router_id=router_id)
    await placement.place(conn, router_id)
    return Topology(network.id, router_id)


async def _build_network(conn: Connection, project_id: str) -> Network:
    network = draft_network(NetworkDraft(name=NETWORK), project_id)
    await ensure_default(conn, project_id)
    await networks.insert_network(conn, network)
    await metadata.insert_metadata_port(conn, network)
    return network


async def _build_subnet(conn: Connection, network: Network, ip_version: int) -> Subnet:
    wish = PoolWish(
        network_id=network.id,
        project_id=network.project_id,
        ip_version=ip_version,
        subnetpool_id=None,
        use_default=True,
        cidr=None,
        prefixlen=None,
    )
    cidr, pool = await allocate(conn, wish, None)
    body = SubnetDraft(network_id=Uuid(network.id), ip_version=ip_version, name=f"{SUBNET}{ip_version}")
    subnet = draft_subnet(body, network.project_id, cidr, pool.id if pool else None)
    await subnets.insert_subnet(conn, subnet)
    await metadata.enter_subnet(conn, subnet)
    return await subnets.fetch_subnet(conn, subnet.id, None)


async def _build_router(conn: Connection, project_id: str, external: str, inside: list[Subnet]) -> str:
    router = Router(id=str(uuid.uuid4()), project_id=project_id, name=ROUTER)
    await routers.insert_router(conn, router)
    await gateway.set_gateway(conn, router, await networks.fetch_kept(conn, external, project_id), None)
    for subnet in inside:
        await interfaces.attach_subnet(conn, await routers.fetch_router(conn, router.id, None), subnet, project_id)
    return router.id


async def take_apart(conn: Connection, project_id: str) -> None:
    """Removes the topology; raises TopologyNotFound, and NetworkInUse while somebody's port is on its network."""
    await SQL.lock_project(conn, project_id=project_id)
    found = await SQL.find_topology(conn, project_id=project_id)
    if not found:
        raise TopologyNotFound(project_id)
    topology = Topology(**dict(found))
    if topology.router_id is not None:
        await _remove_router(conn, topology.router_id)
    await networks.lock_network(conn, topology.network_id)
    await remove_network(conn, await networks.fetch_network(conn, topology.network_id, None))


async def _remove_router(conn: Connection, router_id: str) -> None:
    await routers.lock_router(conn, router_id)
    router = await routers.fetch_router(conn, router_id, None)
    for interface in router.interfaces:
        await interfaces.detach(conn, router, interface, [address.subnet_id for address in interface.addresses])
        router = await routers.fetch_router(conn, router_id, None)
    await gateway.clear_gateway(conn, router)
    await routers.delete_router(conn, router)
