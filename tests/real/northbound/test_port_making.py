"""Ports that are asked for at the same time are made together: exact, and without touching each other."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from northbound.addresses.eui64 import slaac_address
from northbound.addresses.ranges import Pool
from northbound.addresses.settings import AddressSettings
from northbound.networks.network import Network
from northbound.ports import metadata, orders
from northbound.ports.errors import IpAddressInUse
from northbound.ports.making import PortMaker
from northbound.ports.orders import Order
from northbound.ports.port import AddressRequest, Port, PortDraft
from northbound.ports.store import create_port, create_ports, delete_port
from northbound.quotas import store as quotas
from northbound.routers.views import read_port_ends
from northbound.subnets import store as subnets
from northbound.subnets.plan import options_v4
from northbound.subnets.subnet import SubnetInUse
from northbound.subnets.views import read_subnet_views
from runtime.database import Connection, Database, DatabaseSettings
from runtime.errors import Forbidden, OverQuota, Problem
from tests.real.northbound.networking import PROJECT, STRANGER, insert_network, until_somebody_waits

pytestmark = pytest.mark.real

CREATORS = 32
TAKEN = 10


async def _settle(_revision: int) -> bool:
    return True


async def outcome(maker: PortMaker, project_id: str = PROJECT, **said: object) -> Port | str:
    """The port, or the kind of its refusal."""
    try:
        return await maker.make(Order(PortDraft(**said), project_id), project_id)
    except Exception as error:
        return type(error).__name__


async def used(database: Database, project_id: str = PROJECT) -> int:
    async with database.connection() as conn:
        return next(q.used for q in await quotas.select_quotas(conn, project_id) if q.resource == "port")


async def count(database: Database, query: str) -> int:
    async with database.connection() as conn:
        return await conn.fetchval(query)


async def test_32_creators_of_a_project_get_no_address_twice_in_few_transactions(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/22")
        await quotas.set_quotas(conn, PROJECT, {"port": -1})
    transactions = "SELECT count(DISTINCT revision) FROM northbound.dirty"
    before = await count(database, transactions)
    maker = PortMaker(database, _settle)

    async def creator() -> list[Port | str]:
        return [await outcome(maker, network_id=network.id) for _ in range(20)]

    made = [port for ports in await asyncio.gather(*(creator() for _ in range(CREATORS))) for port in ports]
    assert all(isinstance(port, Port) for port in made)
    assert len({port.fixed_ips[0].ip_address for port in made}) == len({port.mac_address for port in made}) == 640
    assert await used(database) == 641, "and the metadata port"
    assert await count(database, transactions) - before < 160, "they went through together"


async def test_32_creators_at_the_limit_get_exactly_what_is_left(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
        await quotas.set_quotas(conn, PROJECT, {"port": 11})
    makers = [PortMaker(database, _settle) for _ in range(2)]  # two control processes

    made = await asyncio.gather(*(outcome(makers[n % 2], network_id=network.id) for n in range(CREATORS)))
    assert Counter(type(port).__name__ if isinstance(port, Port) else port for port in made) == {
        "Port": 10,
        OverQuota.__name__: 22,
    }
    assert await used(database) == 11
    assert await count(database, "SELECT count(*) FROM northbound.fixed_ips") == 11, "what was refused holds nothing"


async def test_refused_orders_leave_the_others_of_their_group_alone(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
    maker, twin = PortMaker(database, _settle), "fa:16:3e:00:00:99"
    first = asyncio.create_task(outcome(maker, network_id=network.id, name="alone"))
    await asyncio.sleep(0)  # it is being written: what follows gathers into one group
    others = await asyncio.gather(
        outcome(maker, network_id=network.id, name="good"),
        outcome(maker, network_id="00000000-0000-4000-8000-000000000000"),
        outcome(maker, network_id=network.id, security_groups=["00000000-0000-4000-8000-000000000000"]),
        outcome(maker, network_id=network.id, fixed_ips=[AddressRequest(subnet.id, "10.50.0.77")]),
        outcome(maker, network_id=network.id, fixed_ips=[AddressRequest(subnet.id, "10.50.0.77")]),
        outcome(maker, network_id=network.id, mac_address=twin),
        outcome(maker, network_id=network.id, mac_address=twin),
        outcome(maker, network_id=network.id, name="good too"),
    )
    assert isinstance(await first, Port)
    assert [port.name if isinstance(port, Port) else port for port in others] == [
        *("good", "NetworkNotFound", "SecurityGroupNotFound", "", "IpAddressInUse", "", "MacAddressInUse", "good too")
    ]
    assert await used(database) == 6


async def test_refusal_is_final_and_leaves_no_record_of_a_change(database: Database) -> None:
    """A group that PostgreSQL refuses is tried again one by one, but for those who have their answer already."""
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
    asked: list[Network] = []

    def forbid_once(network: Network) -> None:
        asked.append(network)
        if len(asked) == 1:
            raise Forbidden("Not now.")

    async def ask(request_id: str, permit: Callable[[Network], None] = asked.append, **said: object) -> Port | str:
        draft = PortDraft(network_id=network.id, **said)
        try:
            return await maker.make(Order(draft, PROJECT, permit, request_id), PROJECT)
        except Problem as problem:
            return type(problem).__name__

    maker, contested = PortMaker(database, _settle), [AddressRequest(subnet.id, "10.50.0.77")]
    first = asyncio.create_task(outcome(maker, network_id=network.id))
    await asyncio.sleep(0)
    refused, *others = await asyncio.gather(
        ask("req-refused", forbid_once),
        ask("req-first", fixed_ips=contested),
        ask("req-second", fixed_ips=contested),
    )
    assert isinstance(await first, Port)
    assert (refused, others[1]) == ("Forbidden", "IpAddressInUse")
    assert await used(database) == 3, "the metadata port, and two of four"
    noted = await count(database, "SELECT array_agg(request_id) FROM northbound.changes")
    assert noted == ["req-first"]


async def test_address_asked_for_twice_in_one_statement_is_nobodys(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
    wanted = PortDraft(network_id=network.id, fixed_ips=[AddressRequest(subnet.id, "10.50.0.77")])
    with pytest.raises(IpAddressInUse, match=r"10\.50\.0\.77"):
        async with database.transaction() as conn:
            await create_ports(conn, [Order(wanted, PROJECT), Order(wanted, PROJECT)], PROJECT)
    assert await used(database) == 1, "the metadata port"


@pytest.mark.parametrize("what", ["create", "delete"])
async def test_pools_that_change_while_ports_come_and_go_are_waited_for(database: Database, what: str) -> None:
    """Whoever changes a subnet's pools holds the subnet first; a port that held addresses first would deadlock with it."""
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        port = await create_port(conn, PortDraft(network_id=network.id), PROJECT, PROJECT)

    async def write() -> str:
        async with database.transaction() as conn:
            if what == "delete":
                return await delete_port(conn, port.id) or ""
            made = await create_port(conn, PortDraft(network_id=network.id), PROJECT, PROJECT)
            return made.fixed_ips[0].ip_address

    async with database.transaction() as conn, asyncio.timeout(8):
        await subnets.lock_subnet(conn, subnet.id)
        before = await subnets.fetch_subnet(conn, subnet.id, None)
        writing = asyncio.create_task(write())
        await until_somebody_waits(conn)
        pools = [Pool("10.50.0.100", "10.50.0.200")]
        await subnets.update_subnet(conn, before, msgspec.structs.replace(before, allocation_pools=pools))
    assert await writing == ("10.50.0.100" if what == "create" else "")


async def test_subnet_that_goes_while_a_port_gives_its_address_back_is_in_use(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")
        port = await create_port(conn, PortDraft(network_id=network.id), PROJECT, PROJECT)

    async def delete() -> None:
        async with database.transaction() as conn:
            await delete_port(conn, port.id)

    async with asyncio.timeout(8):
        with pytest.raises(SubnetInUse):
            async with database.transaction() as conn:
                await subnets.lock_subnet(conn, subnet.id)
                deleting = asyncio.create_task(delete())
                await until_somebody_waits(conn)
                await metadata.leave_subnet(conn, subnet)
                await subnets.delete_subnet(conn, subnet)
        await deleting


async def test_pools_change_under_a_crowd_and_nobody_is_refused(database: Database) -> None:
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/24")

    async def come_and_go() -> None:
        for _ in range(10):
            async with database.transaction() as conn:
                port = await create_port(conn, PortDraft(network_id=network.id), PROJECT, PROJECT)
            async with database.transaction() as conn:
                await delete_port(conn, port.id)

    async def change_pools() -> None:
        for number in range(20):
            async with database.transaction() as conn:
                await subnets.lock_subnet(conn, subnet.id)
                before = await subnets.fetch_subnet(conn, subnet.id, None)
                pools = [Pool(f"10.50.0.{2 + number}", "10.50.0.250")]
                await subnets.update_subnet(conn, before, msgspec.structs.replace(before, allocation_pools=pools))

    await asyncio.gather(change_pools(), *(come_and_go() for _ in range(6)))
    assert await count(database, "SELECT count(*) FROM northbound.fixed_ips") == 1, "the metadata port's"


async def test_projects_do_not_wait_for_each_other(database: Database) -> None:
    """One project's transaction is open, its quota counter locked; another project's port is made meanwhile."""
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24", shared=True)
    maker = PortMaker(database, _settle)
    async with database.transaction() as conn, asyncio.timeout(5):
        await quotas.take(conn, PROJECT, "port")
        blocked = asyncio.create_task(outcome(maker, network_id=network.id))
        assert isinstance(await outcome(maker, STRANGER, network_id=network.id), Port)
        assert not blocked.done()
    assert isinstance(await blocked, Port)


async def test_addresses_come_in_the_order_in_which_they_were_asked_for(database: Database) -> None:
    async with database.transaction() as conn:
        network, (first, second) = await insert_network(conn, "10.50.0.0/24", "10.51.0.0/24")
    wanted = [AddressRequest(second.id), AddressRequest(first.id, "10.50.0.9"), AddressRequest(first.id)]
    port = await outcome(PortMaker(database, _settle), network_id=network.id, fixed_ips=wanted)
    assert [fixed.ip_address for fixed in port.fixed_ips] == ["10.51.0.3", "10.50.0.9", "10.50.0.3"]


async def test_address_costs_the_same_in_a_full_sixteen(database: Database) -> None:
    """What PostgreSQL touches to find an address does not grow with those that are in use, and the last are found."""
    async with database.transaction() as conn:
        network, (subnet,) = await insert_network(conn, "10.50.0.0/16")
        await conn.execute("DELETE FROM northbound.free_addresses")
        near_empty = await blocks_touched(conn, subnet.id)
        await _take_all_but(conn, subnet.id, 40)
        near_full = await blocks_touched(conn, subnet.id)
    assert near_full < near_empty * 2
    maker = PortMaker(database, _settle)
    made = [await outcome(maker, network_id=network.id) for _ in range(40 - TAKEN + 1)]
    assert [port for port in made if not isinstance(port, Port)] == ["IpAddressGenerationFailure"]


async def blocks_touched(conn: Connection, subnet_id: str) -> int:
    """Blocks of tables and indexes that a refill and taking addresses read."""
    query = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT northbound.take_addresses($1, $2)"
    (plan,) = json.loads(await conn.fetchval(query, subnet_id, TAKEN))
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


async def _take_all_but(conn: Connection, subnet_id: str, left: int) -> None:
    """As if all but the last addresses of the subnet's pool were in use by ports."""
    holder = await conn.fetchval("SELECT port_id FROM northbound.fixed_ips WHERE subnet_id = $1 LIMIT 1", subnet_id)
    await conn.execute("DELETE FROM northbound.free_addresses WHERE subnet_id = $1", subnet_id)
    await conn.execute(
        "INSERT INTO northbound.fixed_ips (port_id, subnet_id, ip)"
        " SELECT $2, subnet_id, first_ip + place FROM northbound.allocation_pools,"
        " generate_series(given, size - $3 - 1) AS place WHERE subnet_id = $1",
        *(subnet_id, holder, left),
    )
    await conn.execute("UPDATE northbound.allocation_pools SET given = size - $2 WHERE subnet_id = $1", subnet_id, left)


async def test_made_up_macs_begin_as_the_operator_decided(database_settings: DatabaseSettings) -> None:
    """Those of ports, and those of what is served without a port; a guest's own IPv6 address is made of the former."""
    settings = AddressSettings(mac_prefix="02:aa:bb:cc")
    database = await Database.open(database_settings, settings.session())
    async with database.transaction() as conn:
        network, (v4, v6) = await insert_network(conn, "10.50.0.0/24", "fd00:50::/64")
        await conn.execute("UPDATE northbound.subnets SET ipv6_address_mode = 'slaac' WHERE id = $1", v6.id)
        (view,) = await read_subnet_views(conn, [v4.id])
    port = await outcome(PortMaker(database, _settle), network_id=network.id)
    await database.close()
    assert port.mac_address.startswith("02:aa:bb:cc:")
    assert [fixed.ip_address for fixed in port.fixed_ips][1] == slaac_address("fd00:50::/64", port.mac_address)
    assert options_v4(view)["server_mac"].startswith("02:aa:bb:cc:")


async def test_no_table_is_read_whole_for_a_port(database: Database) -> None:
    """Plans are made once, while tables may be small, and kept: none may be one that grows with the cloud."""
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
    async with database.transaction() as conn:
        port = await create_port(conn, PortDraft(network_id=network.id), PROJECT, PROJECT)
        await read_port_ends(conn, [port.id])
        read = await conn.fetch("SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0")
    assert [row["relname"] for row in read] == []


async def test_made_up_mac_that_somebody_has_is_made_up_again_for_that_port_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ports of one statement are committed together: who is left over goes into the next, and nobody is made twice."""
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
    twin = "fa:16:3e:00:00:77"
    macs = iter(["fa:16:3e:00:00:78", twin, "fa:16:3e:00:00:79", twin, "fa:16:3e:00:00:80"])
    maker = PortMaker(database, _settle)
    assert isinstance(await outcome(maker, network_id=network.id, mac_address=twin), Port)
    monkeypatch.setattr(orders, "random_mac", lambda _prefix: next(macs))
    first = asyncio.create_task(outcome(maker, network_id=network.id))
    await asyncio.sleep(0)  # it is being written: what follows gathers into one group
    made = await asyncio.gather(
        outcome(maker, network_id=network.id),
        outcome(maker, network_id=network.id),
        outcome(maker, network_id=network.id, mac_address=twin),
    )
    assert (await first).mac_address == "fa:16:3e:00:00:78"
    assert [port.mac_address if isinstance(port, Port) else port for port in made] == [
        *("fa:16:3e:00:00:80", "fa:16:3e:00:00:79", "MacAddressInUse")
    ]
    assert await used(database) == 5, "the metadata port among them"


async def test_port_of_its_own_projects_takes_two_round_trips(database: Database) -> None:
    async with database.transaction() as conn:
        network, _ = await insert_network(conn, "10.50.0.0/24")
    maker = PortMaker(database, _settle)
    await outcome(maker, network_id=network.id)
    (group,) = (await outcome(maker, network_id=network.id)).security_groups
    asked: list[str] = []
    async with database.connection() as conn:
        conn.add_query_logger(lambda record: asked.append(record.query))
    for said, count in (({}, 2), ({"security_groups": [group]}, 3)):
        await outcome(maker, network_id=network.id, **said)  # the first asks for the types of what it reads
        asked.clear()
        assert isinstance(await outcome(maker, network_id=network.id, **said), Port)
        assert len(asked) == count, asked
