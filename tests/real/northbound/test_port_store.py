"""Ports, their addresses and counters, under creators that race, on real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from northbound.addresses.ranges import Pool
from northbound.networks import store as networks
from northbound.networks.network import NetworkInUse, NetworkNotFound
from northbound.networks.removal import remove_network
from northbound.ports import metadata
from northbound.ports import store as ports
from northbound.ports.errors import (
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressGenerationFailure,
    IpAddressInUse,
    MacAddressInUse,
)
from northbound.ports.port import METADATA_OWNER, AddressRequest, PortDraft
from northbound.quotas import store as quotas
from northbound.subnets import store as subnets
from northbound.subnets.subnet import SubnetInUse
from runtime.database import Database, DatabaseSettings
from runtime.errors import Conflict, OverQuota
from tests.real.northbound.networking import (
    PROJECT,
    STRANGER,
    a_subnet,
    insert_network,
    insert_port,
)

pytestmark = pytest.mark.real


@pytest.fixture
async def database(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    opened = await Database.open(database_settings)
    yield opened
    await opened.close()


async def used(database: Database, resource: str) -> int:
    async with database.transaction() as conn:
        return next(q.used for q in await quotas.select_quotas(conn, PROJECT) if q.resource == resource)


async def test_port_gets_an_address_a_mac_and_the_default_group(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/16")
        port = await insert_port(conn, network.id)
    assert [fixed.subnet_id for fixed in port.fixed_ips] == [subnet.id]
    assert port.fixed_ips[0].ip_address == "10.50.0.3", "the metadata port came first"
    assert port.mac_address.startswith("fa:16:3e:")
    assert len(port.security_groups) == 1
    assert port.port_security_enabled


async def test_metadata_port_follows_the_subnets(database: Database) -> None:
    async with database.transaction() as conn:
        network, (first, second) = await insert_network(conn, "10.50.0.0/24", "10.51.0.0/24")
        (port,) = await metadata_ports(conn, network.id)
        assert {fixed.subnet_id for fixed in port.fixed_ips} == {first.id, second.id}
        assert port.security_groups == []
        await metadata.leave_subnet(conn, first)
        await subnets.delete_subnet(conn, first)
        (port,) = await metadata_ports(conn, network.id)
        assert {fixed.subnet_id for fixed in port.fixed_ips} == {second.id}


async def metadata_ports(conn, network_id):
    rows = await conn.fetch(
        "SELECT id FROM northbound.ports WHERE network_id = $1 AND device_owner = $2", network_id, METADATA_OWNER
    )
    return await ports.read_ports(conn, [row["id"] for row in rows])


async def test_32_creators_share_a_subnet_without_twins_until_it_is_full(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")

    async def create() -> str | None:
        try:
            async with database.transaction() as conn:
                return (await insert_port(conn, network.id)).fixed_ips[0].ip_address
        except IpAddressGenerationFailure:
            return None

    async def creator() -> list[str | None]:
        return [await create() for _ in range(9)]

    given = [ip for ips in await asyncio.gather(*(creator() for _ in range(32))) for ip in ips]
    held = [ip for ip in given if ip]
    assert len(held) == len(set(held)) == 252, "254 hosts without the gateway and the metadata port"
    assert await used(database, "port") == 253


async def test_one_address_is_taken_at_a_time_when_statistics_saw_none(database: Database) -> None:
    """A cloud whose first minute passed without a port answered every create with 500, and lost its addresses."""
    async with database.connection() as conn:
        await conn.execute("VACUUM ANALYZE northbound.free_addresses")
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        made = [await insert_port(conn, network.id) for _ in range(3)]
        left = await conn.fetchval("SELECT count(*) FROM northbound.free_addresses")
    assert [port.fixed_ips[0].ip_address for port in made] == ["10.50.0.3", "10.50.0.4", "10.50.0.5"]
    assert left == 64 - 4, "of a refill, the metadata port has one and each port one"


async def test_address_is_used_again_after_its_port_is_gone(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/29")
        made = [await insert_port(conn, network.id) for _ in range(4)]
        with pytest.raises(IpAddressGenerationFailure):
            async with conn.transaction():
                await insert_port(conn, network.id)
        await ports.delete_port(conn, made[1].id)
        again = await insert_port(conn, network.id)
    assert again.fixed_ips == made[1].fixed_ips


async def test_address_claimed_by_name_ahead_of_the_cursor_is_skipped_and_comes_back(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        named = await insert_port(
            conn, network.id, fixed_ips=[AddressRequest(subnet.id, "10.50.0.200"), AddressRequest(None, "10.50.0.4")]
        )
        others = [(await insert_port(conn, network.id)).fixed_ips[0].ip_address for _ in range(5)]
        assert others == ["10.50.0.3", "10.50.0.5", "10.50.0.6", "10.50.0.7", "10.50.0.8"]
        await ports.delete_port(conn, named.id)
        assert (await insert_port(conn, network.id)).fixed_ips[0].ip_address == "10.50.0.4"


async def test_refused_port_names_what_is_wrong_and_leaves_nothing(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        other, (foreign,) = await insert_network(conn, "10.60.0.0/24")
        taken = await insert_port(conn, network.id)
    count = await used(database, "port")
    wrong = [
        (InvalidIpForSubnet, {"fixed_ips": [AddressRequest(subnet.id, "10.51.0.9")]}),
        (InvalidIpForSubnet, {"fixed_ips": [AddressRequest(subnet.id, "10.50.0.255")]}),
        (InvalidIpForNetwork, {"fixed_ips": [AddressRequest(None, "10.60.0.9")]}),
        (IpAddressInUse, {"fixed_ips": [AddressRequest(subnet.id, taken.fixed_ips[0].ip_address)]}),
        (MacAddressInUse, {"mac_address": taken.mac_address}),
        (NetworkNotFound, {"network_id": str(uuid4())}),
    ]
    for error, said in wrong:
        with pytest.raises(error):
            async with database.transaction() as conn:
                await insert_port(conn, **({"network_id": network.id} | said))
    assert await used(database, "port") == count


async def test_threat_n3_stranger_cannot_use_a_private_network(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        with pytest.raises(NetworkNotFound):
            await ports.create_port(conn, PortDraft(network_id=network.id), STRANGER, STRANGER)


async def test_threat_q1_quota_of_ports_is_exact_under_a_race(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        await quotas.set_quotas(conn, PROJECT, {"port": 10})

    async def create() -> bool:
        try:
            async with database.transaction() as conn:
                await insert_port(conn, network.id)
        except OverQuota:
            return False
        return True

    assert sum(await asyncio.gather(*(create() for _ in range(40)))) == 9
    assert await used(database, "port") == 10


async def test_subnet_and_network_in_use_are_not_deleted(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        port = await insert_port(conn, network.id)
    with pytest.raises(SubnetInUse):
        async with database.transaction() as conn:
            await metadata.leave_subnet(conn, subnet)
            await subnets.delete_subnet(conn, subnet)
    with pytest.raises(NetworkInUse):
        async with database.transaction() as conn:
            await networks.delete_network(conn, network)
    async with database.transaction() as conn:
        await ports.delete_port(conn, port.id)
        await metadata.leave_subnet(conn, subnet)
        await subnets.delete_subnet(conn, subnet)
        await metadata.delete_metadata_port(conn, network.id)
        await networks.delete_network(conn, network)
    assert [await used(database, r) for r in ("network", "subnet", "port")] == [0, 0, 0]


async def test_overlapping_subnets_of_one_network_are_refused_even_at_once(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn)

    async def create(cidr: str) -> bool:
        try:
            async with database.transaction() as conn:
                await subnets.insert_subnet(conn, a_subnet(network.id, cidr))
        except (Conflict, subnets.InvalidInput):
            return False
        return True

    assert sum(await asyncio.gather(*(create(f"10.50.{n}.0/16".replace(f".{n}.", ".0.")) for n in range(8)))) == 1


async def test_new_pools_take_over(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        await insert_port(conn, network.id)
        narrow = a_subnet(network.id, id=subnet.id, allocation_pools=[Pool("10.50.0.3", "10.50.0.4")])
        await subnets.update_subnet(conn, subnet, narrow)
        assert (await insert_port(conn, network.id)).fixed_ips[0].ip_address == "10.50.0.4"
        with pytest.raises(IpAddressGenerationFailure):
            await insert_port(conn, network.id)


async def test_bound_ports_are_the_devices_ports(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        port = await insert_port(conn, network.id)
        await insert_port(conn, network.id, device_id="server-1")
        await ports.bind_port(conn, port.id, "host-1", "server-1")
        assert [found.id for found in await ports.ports_of_device(conn, "server-1")] == [port.id]
        await ports.unbind_port(conn, port.id)
        assert await ports.ports_of_device(conn, "server-1") == []


async def test_networks_that_come_and_go_at_once_do_not_deadlock(database: Database) -> None:
    async def live() -> None:
        async with database.transaction() as conn:
            network, _ = await insert_network(conn, "10.50.0.0/24")
        async with database.transaction() as conn:
            await insert_port(conn, network.id, name="mine", id=(port_id := str(uuid4())))
        async with database.transaction() as conn:
            await ports.delete_port(conn, port_id)
        async with database.transaction() as conn:
            await networks.lock_network(conn, network.id)
            await remove_network(conn, network)

    await asyncio.gather(*(live() for _ in range(30)))
    assert [await used(database, resource) for resource in ("network", "subnet", "port")] == [0, 0, 0]
