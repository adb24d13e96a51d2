"""Routers, interfaces and gateways in a real PostgreSQL."""

import asyncio
from uuid import uuid4

import pytest

from identity.callers import Caller
from northbound.networks import store as networks
from northbound.networks.network import NetworkInUse
from northbound.networks.placing import place_segment
from northbound.networks.segment import Segment
from northbound.ports import store as ports
from northbound.ports.errors import IpAddressInUse
from northbound.ports.port import ROUTER_GATEWAY, ROUTER_INTERFACE, AddressRequest
from northbound.quotas import store as quotas
from northbound.routers import gateway, interfaces
from northbound.routers import store as routers
from northbound.routers.errors import (
    InvalidRouterInterface,
    PortInUse,
    RouterInterfaceInUseByRoute,
    RouterInterfaceNotFoundForSubnet,
    RouterInUse,
    RouterNotFound,
)
from northbound.routers.router import ExtraRoute, Router
from northbound.segments import noun as segments
from northbound.subnets.subnet import Subnet
from runtime.database import Connection, Database
from tests.real.northbound.networking import (
    PROJECT,
    STRANGER,
    insert_network,
    insert_port,
)
from tests.real.northbound.routing import insert_outside, insert_router

pytestmark = pytest.mark.real
ADMIN = Caller("admin", "admin", "default", frozenset({"admin"}))


async def again(conn: Connection, router: Router) -> Router:
    return await routers.fetch_router(conn, router.id, None)


async def attach(database: Database, router: Router, subnet: Subnet, reach: str | None = None) -> None:
    async with database.transaction() as conn:
        await routers.lock_router(conn, router.id)
        await interfaces.attach_subnet(conn, await again(conn, router), subnet, reach)


async def test_subnet_becomes_an_interface_at_its_gateway_address(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        router = await insert_router(conn, subnet)
        (interface,) = router.interfaces
        port = await ports.fetch_port(conn, interface.port_id, PROJECT)
    assert (port.device_owner, port.device_id, port.network_id) == (ROUTER_INTERFACE, router.id, network.id)
    assert [(a.subnet_id, a.with_prefix) for a in interface.addresses] == [(subnet.id, "10.50.0.1/24")]
    assert port.security_groups == []


async def test_overlapping_subnet_is_refused_and_leaves_nothing(database: Database) -> None:
    async with database.transaction() as conn:
        _, (subnet,) = await insert_network(conn, "10.50.0.0/16")
        _, (inside,) = await insert_network(conn, "10.50.7.0/24")
        router = await insert_router(conn, subnet)
        held = await conn.fetchval("SELECT count(*) FROM northbound.ports")
    with pytest.raises(InvalidRouterInterface, match="overlaps"):
        await attach(database, router, inside)
    with pytest.raises(InvalidRouterInterface, match="already has a port"):
        await attach(database, router, subnet)
    async with database.transaction() as conn:
        assert await conn.fetchval("SELECT count(*) FROM northbound.ports") == held


async def test_racing_overlapping_interfaces_leave_one(database: Database) -> None:
    async with database.transaction() as conn:
        made = [(await insert_network(conn, "10.50.0.0/24"))[1][0] for _ in range(4)]
        router = await insert_router(conn)
    outcomes = await asyncio.gather(*(attach(database, router, subnet) for subnet in made), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1
    async with database.transaction() as conn:
        assert len((await again(conn, router)).interfaces) == 1


async def test_ipv6_subnets_of_one_network_share_a_port(database: Database) -> None:
    async with database.transaction() as conn:
        _, subnets = await insert_network(conn, "2001:db8:1::/64", "2001:db8:2::/64", "10.50.0.0/24")
        router = await insert_router(conn, *subnets)
        assert sorted(len(port.addresses) for port in router.interfaces) == [1, 2]
        shared = next(port for port in router.interfaces if len(port.addresses) == 2)
        await interfaces.detach(conn, router, shared, [subnets[0].id])
        left = await again(conn, router)
    assert sorted(len(port.addresses) for port in left.interfaces) == [1, 1]


async def test_port_of_the_tenant_becomes_an_interface(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        port = await insert_port(conn, network.id)
        router = await insert_router(conn)
        attached = await interfaces.attach_port(conn, router, port)
        assert (attached.device_owner, attached.device_id) == (ROUTER_INTERFACE, router.id)
        with pytest.raises(PortInUse):
            await interfaces.attach_port(conn, router, attached)


async def test_threat_n1_device_id_of_a_router_does_not_make_a_port_its_own(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        router = await insert_router(conn)
        await insert_port(conn, network.id, device_id=router.id)
        assert (await again(conn, router)).ports == []


async def test_foreign_shared_subnet_is_refused(database: Database) -> None:
    async with database.transaction() as conn:
        _, (subnet,) = await insert_network(conn, "10.50.0.0/24", shared=True)
        router = await insert_router(conn)
    with pytest.raises(InvalidRouterInterface, match="not owned"):
        await attach(database, router, subnet, reach=STRANGER)


async def test_gateway_has_an_outside_address_and_belongs_to_nobody(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        router = await insert_router(conn, outside=outside)
        assert router.gateway is not None
        port = await ports.fetch_port(conn, router.gateway.port_id, None)
        counted = await quotas.select_quotas(conn, "")
    assert (port.device_owner, port.project_id, port.network_id) == (ROUTER_GATEWAY, "", outside.id)
    assert router.gateway.addresses[0].ip.startswith("150.25.12.")
    assert all(quota.used == 0 for quota in counted)


async def test_gateway_moves_on_its_network_and_to_another(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        elsewhere, _ = await insert_network(conn, "198.51.100.0/24", external=True, project_id="admins")
        router = await insert_router(conn, outside=outside)
        await gateway.set_gateway(conn, router, outside, [AddressRequest(None, "150.25.12.77")])
        moved = await again(conn, router)
        assert moved.gateway and router.gateway and moved.gateway.port_id == router.gateway.port_id
        assert [address.ip for address in moved.gateway.addresses] == ["150.25.12.77"]
        await gateway.set_gateway(conn, moved, elsewhere, None)
        away = await again(conn, router)
        assert away.gateway and away.gateway.network_id == elsewhere.id
        await gateway.clear_gateway(conn, away)
        assert (await again(conn, router)).ports == []


async def test_gateway_needs_an_external_network_that_does_not_overlap(database: Database) -> None:
    async with database.transaction() as conn:
        inner, (subnet,) = await insert_network(conn, "150.25.12.0/25")
        outside = await insert_outside(conn)
        router = await insert_router(conn, subnet)
    for network, words in ((inner, "not an external"), (outside, "overlaps")):
        with pytest.raises(InvalidRouterInterface, match=words):
            async with database.transaction() as conn:
                await gateway.set_gateway(conn, router, network, None)


async def test_taken_gateway_address_is_a_conflict(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        first = await insert_router(conn, outside=outside)
        second = await insert_router(conn)
    assert first.gateway
    with pytest.raises(IpAddressInUse):
        async with database.transaction() as conn:
            wish = AddressRequest(None, first.gateway.addresses[0].ip)
            await gateway.set_gateway(conn, second, outside, [wish])


async def test_router_in_use_stays_and_an_empty_one_goes(database: Database) -> None:
    async with database.transaction() as conn:
        _, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        router = await insert_router(conn, subnet)
    with pytest.raises(RouterInUse):
        async with database.transaction() as conn:
            await routers.delete_router(conn, router)
    async with database.transaction() as conn:
        await interfaces.detach(conn, router, router.interfaces[0], [subnet.id])
        await routers.delete_router(conn, router)
        with pytest.raises(RouterNotFound):
            await again(conn, router)
        counted = {quota.resource: quota.used for quota in await quotas.select_quotas(conn, PROJECT)}
    assert (counted["router"], counted["port"]) == (0, 1), "the metadata port is left"


async def test_network_with_an_interface_stays(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        await insert_router(conn, subnet)
    with pytest.raises(NetworkInUse):
        async with database.transaction() as conn:
            await networks.delete_network(conn, network)


async def test_interface_that_a_route_needs_stays(database: Database) -> None:
    async with database.transaction() as conn:
        _, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        router = await insert_router(conn, subnet)
        route = ExtraRoute("192.0.2.0/24", "10.50.0.9")
        routed = Router(id=router.id, project_id=PROJECT, name=router.name, extra_routes=[route])
        await routers.update_router(conn, router, routed)
        routed = await again(conn, router)
        assert routed.extra_routes == [route]
        with pytest.raises(RouterInterfaceInUseByRoute):
            await interfaces.detach(conn, routed, routed.interfaces[0], [subnet.id])


async def test_interface_is_found_by_port_or_subnet(database: Database) -> None:
    async with database.transaction() as conn:
        _, (subnet, other) = await insert_network(conn, "10.50.0.0/24", "10.51.0.0/24")
        router = await insert_router(conn, subnet)
    assert interfaces.find_interface(router, None, subnet.id) == router.interfaces[0]
    with pytest.raises(RouterInterfaceNotFoundForSubnet):
        interfaces.find_interface(router, None, other.id)


async def test_connections_mark_the_router_its_ports_and_its_gateway(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        _, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        router = await insert_router(conn, outside=outside)
        await conn.execute("DELETE FROM northbound.dirty")
        port = await interfaces.attach_subnet(conn, router, subnet, None)
        marked = {(row["owner_kind"], row["owner_id"]) for row in await conn.fetch("SELECT * FROM northbound.dirty")}
    assert router.gateway
    assert marked >= {("router", router.id), ("port", port.id), ("port", router.gateway.port_id)}


async def test_routers_are_planned_again_when_their_network_lies_elsewhere(database: Database) -> None:
    """A gateway on tunnels puts the whole router on one chassis: losing the segment of tunnels changes all of it."""
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "150.25.12.0/24", external=True)
        wire = Segment(id=str(uuid4()), network_id=network.id, network_type="flat", physical_network="wire", position=1)
        await place_segment(conn, wire)
        router = await insert_router(conn, outside=network)
        await conn.execute("DELETE FROM northbound.dirty")
        await segments.delete(conn, network.segment, ADMIN)
        marked = {(row["owner_kind"], row["owner_id"]) for row in await conn.fetch("SELECT * FROM northbound.dirty")}
        moved = await again(conn, router)
    assert (router.gateway.is_fabric, moved.gateway.is_fabric) == (False, True)
    assert marked >= {("network", network.id), ("router", router.id), ("port", router.gateway.port_id)}
