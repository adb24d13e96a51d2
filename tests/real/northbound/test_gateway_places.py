"""Gateways are placed on chassis by load, in the transaction that makes them, and move only when theirs goes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import northbound
from deploy.lab.daemons.waiting import until
from northbound.agents import store as agents
from northbound.agents.agent import AgentAlive, AgentNotFound
from northbound.routers import placement
from southbound import names
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.course import make_outside, make_subnet
from tests.real.northbound.hypervisors import add_hypervisor, remove_hypervisors

pytestmark = pytest.mark.real
HOSTS = ("h1", "h2", "h3")
GATEWAY = "enable-chassis-as-gw"
MANY = 30
MIGRATION = Path(northbound.__file__).parent / "migrations" / "0141_northbound_gateway_places.sql"
END_REIGN = """
SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
Lists = dict[str, list[str]]


@pytest.fixture(autouse=True)
async def clean(ovn: Ovn) -> AsyncIterator[None]:
    yield
    await remove_hypervisors(ovn)


async def make_router(api: NetworkApi, outside: dict[str, Any], who: str = "alice") -> dict[str, Any]:
    return await api.make("router", who=who, external_gateway_info={"network_id": outside["id"]})


async def lists_in_ovn(api: NetworkApi) -> Lists:
    """The chassis of each gateway, the active one first, by router port."""
    while True:  # two tables are read one after the other: rows may come and go between
        ports = await api.ovn.northbound.rows("Logical_Router_Port")
        rows = {row["_uuid"][1]: row for row in await api.ovn.northbound.rows("Gateway_Chassis")}
        held = {port["name"]: _ids(port["gateway_chassis"]) for port in ports}
        if all(uuid in rows for ids in held.values() for uuid in ids):
            break
    return {
        name: [row["chassis_name"] for row in sorted((rows[uuid] for uuid in ids), key=lambda row: -row["priority"])]
        for name, ids in held.items()
    }


def _ids(held: list) -> list[str]:
    """Of a column of references, as OVSDB writes one or a set of them."""
    return [uuid for _, uuid in (held[1] if held[0] == "set" else [held])]


async def lists_without(api: NetworkApi, *gone: str) -> Lists:
    """The same once nobody in OVN speaks of those that are gone, and everybody else has every gateway."""
    wanted = set(HOSTS) - set(gone)

    async def is_settled() -> bool:
        return all(set(served) == wanted for served in (await lists_in_ovn(api)).values())

    await until(is_settled, 10, 0.1)
    return await lists_in_ovn(api)


def active(lists: Lists) -> Counter[str]:
    return Counter(served[0] for served in lists.values())


async def test_routers_made_at_once_are_spread_and_only_those_of_a_lost_chassis_move(api: NetworkApi) -> None:
    for name in HOSTS:
        await add_hypervisor(api, name, options=GATEWAY)
    outside, _ = await make_outside(api)
    limit = {"quota": {"router": MANY}}
    assert (await api.ask("PUT", "/v2.0/quotas/red", limit, who="admin")).status == 200
    await asyncio.gather(*(make_router(api, outside) for _ in range(MANY)))
    before = await lists_in_ovn(api)
    assert len(before) == MANY
    assert max(active(before).values()) - min(active(before).values()) <= 1

    await api.ovn.sbctl("chassis-del", "h2")
    without = await lists_without(api, "h2")
    moved = {port for port, served in before.items() if served[0] != without[port][0]}
    assert moved == {port for port, served in before.items() if served[0] == "h2"}
    assert abs(active(without)["h1"] - active(without)["h3"]) <= 1

    await add_hypervisor(api, "h2", options=GATEWAY)
    assert await lists_without(api) == before, "it serves again what it served"


async def test_new_chassis_takes_nothing_away_and_gets_the_next(api: NetworkApi) -> None:
    await add_hypervisor(api, "h1", options=GATEWAY)
    outside, _ = await make_outside(api)
    await asyncio.gather(*(make_router(api, outside) for _ in range(4)))
    await add_hypervisor(api, "h2", options=GATEWAY)
    lists = await lists_without(api, "h3")
    assert active(lists) == {"h1": 4}
    router = await make_router(api, outside)
    (gateway,) = await api.find(f"ports?device_id={router['id']}&device_owner=network:router_gateway", who="admin")
    assert (await lists_in_ovn(api))[names.router_port_name(gateway["id"])] == ["h2", "h1"]


async def test_operator_has_gateways_rebalanced(api: NetworkApi) -> None:
    await add_hypervisor(api, "h1", options=GATEWAY)
    outside, _ = await make_outside(api)
    await asyncio.gather(*(make_router(api, outside) for _ in range(4)))
    await add_hypervisor(api, "h2", options=GATEWAY)
    before = await lists_without(api, "h3")
    path = "/v1/gateways/rebalance"
    assert (await api.ask("POST", path, api="meridian")).status == 403
    tried = await api.ask("POST", f"{path}?dry_run=true", who="admin", api="meridian")
    assert [move["to"] for move in tried.body["moved"]] == ["h2", "h2"]
    assert await lists_in_ovn(api) == before
    done = await api.ask("POST", path, who="admin", api="meridian")
    assert done.body["moved"] == tried.body["moved"]
    after = await lists_in_ovn(api)
    moved = {names.router_port_name(move["port_id"]) for move in done.body["moved"]}
    assert after == {port: ["h2", "h1"] if port in moved else served for port, served in before.items()}
    assert (await api.ask("POST", path, who="admin", api="meridian")).body["moved"] == []


async def test_gateway_that_nobody_could_serve_is_placed_when_a_chassis_comes(api: NetworkApi) -> None:
    outside, _ = await make_outside(api)
    await make_router(api, outside)
    assert list((await lists_in_ovn(api)).values()) == [[]]
    await add_hypervisor(api, "h1", options=GATEWAY)
    await lists_without(api, "h2", "h3")


async def test_chassis_that_an_administrator_deleted_is_forgotten(api: NetworkApi) -> None:
    for name in HOSTS[:2]:
        await add_hypervisor(api, name, options=GATEWAY)
    outside, _ = await make_outside(api)
    await make_router(api, outside)
    (first, second), *_ = (await lists_without(api, "h3")).values()

    async def is_deleted() -> bool:
        await fall_silent(api, first)
        return (await api.ask("DELETE", f"/v2.0/agents/{first}", who="admin")).status == 204

    async def kept() -> list[str]:
        async with api.database.connection() as conn:
            return await conn.fetchval("SELECT chassis FROM northbound.router_ports WHERE is_gateway")

    async def is_forgotten() -> bool:
        return await kept() == [second]

    await until(is_deleted, 10)
    await until(is_forgotten, 10)


async def test_gateways_of_a_forgotten_chassis_are_planned_again(api: NetworkApi) -> None:
    """Whoever sees the chassis go afterwards finds no list that names it."""
    await add_hypervisor(api, "h1", options=GATEWAY)
    outside, _ = await make_outside(api)
    router = await make_router(api, outside)
    async with api.database.transaction() as conn:
        port_id = await conn.fetchval("SELECT port_id::text FROM northbound.router_ports WHERE is_gateway")
        await placement.forget(conn, ["h1"])
        mine = "revision = pg_current_xact_id()::text::bigint"
        marked = await conn.fetch(f"SELECT owner_kind, owner_id FROM northbound.dirty WHERE {mine}")
    assert {tuple(row) for row in marked} == {("port", port_id), ("router", router["id"])}


async def test_chassis_of_a_deleted_agent_is_silent_until_it_is_gone(api: NetworkApi) -> None:
    await add_hypervisor(api, "h1", options=GATEWAY)

    async def is_deleted() -> bool:
        await fall_silent(api, "h1")
        async with api.database.transaction() as conn:
            with suppress(AgentAlive, AgentNotFound):
                await agents.delete_agent(conn, "h1")
                assert await agents.silent_agents(conn) == {"h1"}
                return True
        return False

    await until(is_deleted, 10)


async def test_gateway_moves_at_once_when_its_network_loses_its_first_segment(api: NetworkApi) -> None:
    await add_hypervisor(api, "h1", options=GATEWAY)
    await add_hypervisor(api, "h2", ["physical2"], options=GATEWAY)
    outside, _ = await make_outside(api)
    await api.make("segment", who="admin", network_id=outside["id"], network_type="flat", physical_network="physical2")
    await make_router(api, outside)
    assert list((await lists_in_ovn(api)).values()) == [["h1"]]
    (first,) = await api.find("segments?physical_network=physical1", who="admin")
    await api.remove("segment", first["id"], who="admin")
    assert list((await lists_in_ovn(api)).values()) == [["h2"]]


async def test_gateways_of_before_stay_where_the_hash_put_them(api: NetworkApi) -> None:
    """What the migration that brought the lists says of gateways without one."""
    for name in HOSTS:
        await add_hypervisor(api, name, options=GATEWAY)
    await add_hypervisor(api, "h4", ["elsewhere"], options=GATEWAY)
    outside, _ = await make_outside(api)
    routers = [await make_router(api, outside) for _ in range(3)]
    _, _, update = MIGRATION.read_text().partition("-- Gateways that are there stay")
    async with api.database.transaction() as conn:
        await conn.execute("UPDATE northbound.router_ports SET chassis = '{}'")
        await conn.execute(update.partition("\n")[2])
        found = dict(await conn.fetch("SELECT router_id::text, chassis FROM northbound.router_ports WHERE is_gateway"))
    assert found == {
        router["id"]: sorted(HOSTS, key=lambda name: sha256(f"{router['id']}/{name}".encode()).digest())
        for router in routers
    }


async def fall_silent(api: NetworkApi, name: str) -> None:
    """What the leader would note after 75 seconds without a sign of life."""
    async with api.database.transaction() as conn:
        await conn.execute("UPDATE northbound.agents_target SET nb_cfg = nb_cfg + 2")
        await conn.execute("UPDATE northbound.agents SET nb_cfg = nb_cfg + 2 WHERE name <> $1", name)
        await conn.execute("UPDATE northbound.agents SET kept_up_at = now() - interval '1 hour' WHERE name = $1", name)


async def test_router_with_a_tunnelled_way_out_leaves_a_chassis_that_fell_silent(api: NetworkApi) -> None:
    for name in HOSTS:
        await add_hypervisor(api, name, options=GATEWAY)
    outside = await api.make("network", who="admin", **{"router:external": True})
    await make_subnet(api, outside, "150.25.12.0/24", who="admin", enable_dhcp=False)
    router = await make_router(api, outside)

    async def chassis() -> str:
        (row,) = await api.ovn.wait_rows("NB", "Logical_Router", 1, name=names.router_name(router["id"]))
        return dict(row["options"][1])["chassis"]

    first = await chassis()

    async def has_moved() -> bool:
        await fall_silent(api, first)
        return await chassis() != first

    async def is_back() -> bool:
        async with api.database.transaction() as conn:
            await conn.execute("UPDATE northbound.agents SET kept_up_at = now()")
        return await chassis() == first

    await until(has_moved, 20, 0.2)
    await until(is_back, 20, 0.2)


async def test_what_was_placed_by_nobody_is_placed_by_the_next_leader(api: NetworkApi) -> None:
    """As after a crash between the change of a chassis and the placing."""
    await add_hypervisor(api, "h1", options=GATEWAY)
    outside, _ = await make_outside(api)
    await make_router(api, outside)
    async with api.database.transaction() as conn:
        await conn.execute("UPDATE northbound.router_ports SET chassis = '{}'")
    async with api.database.connection() as conn:
        await conn.execute(END_REIGN)

    async def is_placed() -> bool:
        async with api.database.connection() as conn:
            return await conn.fetchval("SELECT chassis FROM northbound.router_ports WHERE is_gateway") == ["h1"]

    await until(is_placed, 20)
