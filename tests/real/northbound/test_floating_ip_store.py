"""Floating IPs in a real PostgreSQL: allocation, association, and how an association ends."""

import asyncio

import pytest

from northbound.floating_ips import association
from northbound.floating_ips import store as floating_ips
from northbound.floating_ips.floating_ip import (
    ExternalGatewayForFloatingIPNotFound,
    FloatingIp,
    FloatingIPPortAlreadyAssociated,
    InvalidFloatingIp,
)
from northbound.networks.network import Network
from northbound.ports import store as ports
from northbound.ports.orders import Order
from northbound.ports.port import FLOATING_IP_OWNER, AddressRequest, Port, PortDraft
from northbound.quotas import store as quotas
from northbound.routers import gateway, interfaces
from northbound.routers.errors import (
    RouterExternalGatewayInUseByFloatingIp,
    RouterInterfaceInUseByFloatingIP,
)
from northbound.routers.router import Router
from northbound.subnets import store as subnets
from runtime.database import Connection, Database
from runtime.errors import OverQuota
from tests.real.northbound.networking import PROJECT, a_subnet, insert_network, insert_port
from tests.real.northbound.routing import insert_outside, insert_router

pytestmark = pytest.mark.real


async def lay_out(conn: Connection) -> tuple[Network, Router, Port, FloatingIp]:
    """An outside, a router between it and a subnet, a port in the subnet, and a floating IP of its own."""
    outside = await insert_outside(conn)
    network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
    router = await insert_router(conn, subnet, outside=outside)
    port = await insert_port(conn, network.id)
    return outside, router, port, await floating_ips.allocate(conn, PROJECT, outside, None, "")


async def again(conn: Connection, floating_ip: FloatingIp) -> FloatingIp:
    return await floating_ips.fetch_floating_ip(conn, floating_ip.id, None)


async def test_floating_ip_is_held_by_a_port_of_nobody(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        floating_ip = await floating_ips.allocate(conn, PROJECT, outside, None, "mine")
        reservation = await ports.fetch_port(conn, floating_ip.reservation_port_id, None)
    assert (floating_ip.status, floating_ip.router_id, floating_ip.port_details) == ("DOWN", None, None)
    assert (reservation.device_owner, reservation.project_id) == (FLOATING_IP_OWNER, "")
    assert [fixed.ip_address for fixed in reservation.fixed_ips] == [floating_ip.floating_ip_address]


async def test_chosen_address_is_given(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        wish = AddressRequest(None, "150.25.12.99")
        floating_ip = await floating_ips.allocate(conn, PROJECT, outside, wish, "")
    assert floating_ip.floating_ip_address == "150.25.12.99"


async def test_only_external_networks_with_ipv4_have_floating_ips(database: Database) -> None:
    async with database.transaction() as conn:
        inside, _ = await insert_network(conn, "10.50.0.0/24")
        six, _ = await insert_network(conn, "2001:db8::/64", external=True)
    for network, words in ((inside, "not a valid external"), (six, "IPv4 subnet")):
        with pytest.raises(InvalidFloatingIp, match=words):
            async with database.transaction() as conn:
                await floating_ips.allocate(conn, PROJECT, network, None, "")


async def test_association_finds_the_router_and_shows_the_port(database: Database) -> None:
    async with database.transaction() as conn:
        _, router, port, floating_ip = await lay_out(conn)
        await association.associate(conn, floating_ip, port, None)
        found = await again(conn, floating_ip)
    assert (found.status, found.router_id, found.port_id) == ("ACTIVE", router.id, port.id)
    assert found.fixed_ip_address == port.fixed_ips[0].ip_address
    assert found.port_details and found.port_details.mac_address == port.mac_address


async def test_port_that_no_router_leads_out_is_refused(database: Database) -> None:
    async with database.transaction() as conn:
        *_, floating_ip = await lay_out(conn)
        elsewhere, _ = await insert_network(conn, "10.60.0.0/24")
        port = await insert_port(conn, elsewhere.id)
        with pytest.raises(ExternalGatewayForFloatingIPNotFound):
            await association.associate(conn, floating_ip, port, None)


async def test_second_floating_ip_for_one_address_is_refused(database: Database) -> None:
    async with database.transaction() as conn:
        outside, _, port, first = await lay_out(conn)
        second = await floating_ips.allocate(conn, PROJECT, outside, None, "")
        await association.associate(conn, first, port, None)
    with pytest.raises(FloatingIPPortAlreadyAssociated):
        async with database.transaction() as conn:
            await association.associate(conn, second, port, None)


async def test_deleting_the_port_ends_the_association_and_marks_it(database: Database) -> None:
    async with database.transaction() as conn:
        _, _, port, floating_ip = await lay_out(conn)
        await association.associate(conn, floating_ip, port, None)
        before = await again(conn, floating_ip)
        await conn.execute("DELETE FROM northbound.dirty")
        await ports.delete_port(conn, port.id)
        after = await again(conn, floating_ip)
        marked = {(row["owner_kind"], row["owner_id"]) for row in await conn.fetch("SELECT * FROM northbound.dirty")}
    assert (after.status, after.port_id, after.router_id, after.fixed_ip_address) == ("DOWN", None, None, None)
    assert after.revision_number == before.revision_number + 1
    assert ("floating_ip", floating_ip.id) in marked


async def test_association_ends_with_the_address_and_outlives_other_changes(database: Database) -> None:
    async with database.transaction() as conn:
        _, _, port, floating_ip = await lay_out(conn)
        await association.associate(conn, floating_ip, port, None)
        (fixed,) = port.fixed_ips
        kept = [AddressRequest(fixed.subnet_id, fixed.ip_address), AddressRequest(fixed.subnet_id)]
        grown = await ports.update_port(conn, port, port, kept)
        assert (await again(conn, floating_ip)).status == "ACTIVE"
        await ports.update_port(conn, grown, grown, [AddressRequest(fixed.subnet_id, "10.50.0.200")])
        assert (await again(conn, floating_ip)).status == "DOWN"


async def test_router_that_a_floating_ip_needs_keeps_gateway_and_interface(database: Database) -> None:
    async with database.transaction() as conn:
        _, router, port, floating_ip = await lay_out(conn)
        await association.associate(conn, floating_ip, port, None)
    with pytest.raises(RouterExternalGatewayInUseByFloatingIp):
        async with database.transaction() as conn:
            await gateway.clear_gateway(conn, router)
    interface = router.interfaces[0]
    with pytest.raises(RouterInterfaceInUseByFloatingIP):
        async with database.transaction() as conn:
            await interfaces.detach(conn, router, interface, [interface.addresses[0].subnet_id])


async def test_disassociated_and_deleted_floating_ip_leaves_nothing(database: Database) -> None:
    async with database.transaction() as conn:
        _, router, port, floating_ip = await lay_out(conn)
        await association.associate(conn, floating_ip, port, None)
        await association.disassociate(conn, floating_ip)
        await gateway.clear_gateway(conn, router)
        await floating_ips.delete_floating_ip(conn, floating_ip)
        assert await ports.read_ports(conn, [floating_ip.reservation_port_id]) == []
        counted = {quota.resource: quota.used for quota in await quotas.select_quotas(conn, PROJECT)}
    assert counted["floatingip"] == 0


async def test_port_with_two_addresses_needs_a_choice(database: Database) -> None:
    async with database.transaction() as conn:
        _, _, port, floating_ip = await lay_out(conn)
        (fixed,) = port.fixed_ips
        both = [AddressRequest(fixed.subnet_id, fixed.ip_address), AddressRequest(fixed.subnet_id, "10.50.0.77")]
        grown = await ports.update_port(conn, port, port, both)
        with pytest.raises(InvalidFloatingIp, match="multiple"):
            await association.associate(conn, floating_ip, grown, None)
        with pytest.raises(InvalidFloatingIp, match="does not have"):
            await association.associate(conn, floating_ip, grown, "10.50.0.78")
        await association.associate(conn, floating_ip, grown, "10.50.0.77")
        assert (await again(conn, floating_ip)).fixed_ip_address == "10.50.0.77"


async def test_race_of_port_deletion_and_association_leaves_no_half(database: Database) -> None:
    async with database.transaction() as conn:
        _, _, port, floating_ip = await lay_out(conn)

    async def associate() -> None:
        async with database.transaction() as conn:
            await floating_ips.lock_floating_ip(conn, floating_ip.id)
            await association.associate(conn, floating_ip, port, None)

    async def delete() -> None:
        async with database.transaction() as conn:
            await ports.delete_port(conn, port.id)

    await asyncio.gather(associate(), delete(), return_exceptions=True)
    async with database.transaction() as conn:
        found = await again(conn, floating_ip)
        assert await ports.read_ports(conn, [port.id]) == []
    assert (found.status, found.router_id) == ("DOWN", None)


async def test_threat_q1_quota_of_floating_ips_holds_under_a_race(database: Database) -> None:
    async with database.transaction() as conn:
        outside = await insert_outside(conn)
        await quotas.set_quotas(conn, PROJECT, {"floatingip": 3})

    async def allocate() -> bool:
        try:
            async with database.transaction() as conn:
                await floating_ips.allocate(conn, PROJECT, outside, None, "")
        except OverQuota:
            return False
        return True

    assert sum(await asyncio.gather(*(allocate() for _ in range(9)))) == 3


async def test_idle_floating_ips_go_with_their_network_however_many_they_are(database: Database) -> None:
    """More than a page of a list holds; the one that stands for a port stays."""
    async with database.transaction() as conn:
        outside, _, port, used = await lay_out(conn)
        await association.associate(conn, used, port, None)
        await _hold_more(conn, outside, 1001)
        await floating_ips.delete_unassociated(conn, outside.id)
        left = await conn.fetch("SELECT id FROM northbound.floating_ips")
        held = await conn.fetchval(
            "SELECT count(*) FROM northbound.ports p JOIN northbound.fixed_ips f ON f.port_id = p.id"
            f" WHERE p.device_owner = '{FLOATING_IP_OWNER}'"
        )
        counted = next(q for q in await quotas.select_quotas(conn, PROJECT) if q.resource == "floatingip")
        marked = await conn.fetchval(
            "SELECT count(DISTINCT owner_id) FROM northbound.dirty WHERE owner_kind = 'floating_ip'"
        )
    assert [row["id"] for row in left] == [used.id]
    assert (held, counted.used, marked) == (1, 1, 1002)


async def _hold_more(conn: Connection, outside: Network, amount: int) -> None:
    """As if the project had allocated `amount` more addresses of the network."""
    await subnets.insert_subnet(conn, a_subnet(outside.id, "150.26.0.0/20"))
    draft = PortDraft(network_id=outside.id, device_owner=FLOATING_IP_OWNER, port_security_enabled=False)
    held = await ports.create_ports(conn, [Order(draft, quotas.NOBODY)] * amount, None)
    await conn.executemany(
        "INSERT INTO northbound.floating_ips (id, project_id, description, floating_network_id, floating_ip_address,"
        " reservation_port_id) VALUES (gen_random_uuid(), $1, '', $2, $3, $4)",
        [(PROJECT, outside.id, port.fixed_ips[0].ip_address, port.id) for port in held],
    )
    await quotas.count(conn, PROJECT, "floatingip", amount)
