"""How far a change got: durable, in OVN, through northd, on each chassis that it concerns."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import pytest

from northbound.changes import store
from tests.daemons.hypervisor import Chassis, running_chassis
from tests.daemons.ovn import Ovn
from tests.daemons.sandbox import sandbox
from tests.real.northbound.api import Answer, NetworkApi

pytestmark = pytest.mark.real

Hosts = tuple[Chassis, Chassis]


@pytest.fixture(scope="module")
async def hosts(ovn: Ovn) -> AsyncIterator[Hosts]:
    async with AsyncExitStack() as stack:
        started = []
        for name, address in (("host-1", "127.0.0.1"), ("host-2", "127.0.0.2")):
            directory = stack.enter_context(sandbox(name))
            started.append(await stack.enter_async_context(running_chassis(name, ovn, directory, address)))
        yield started[0], started[1]


@contextmanager
def paused(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def look(api: NetworkApi, answer: Answer, query: str = "", *, who: str = "admin") -> dict[str, Any]:
    found = await api.ask("GET", f"/changes/{answer.request_id}{query}", who=who, api="meridian/v1")
    assert found.status == 200, found.body
    return found.body["change"]


async def a_bound_port(api: NetworkApi, host: str) -> Answer:
    """The answer to making it, on a network of its own."""
    network = await api.make("network", who="admin", name=host)
    body = {"network_id": network["id"], "binding:host_id": host}
    return await api.ask("POST", "/v2.0/ports", {"port": body}, who="admin")


async def chassis_known(api: NetworkApi, count: int) -> None:
    async with asyncio.timeout(10):
        while True:
            async with api.database.connection() as conn:
                if await conn.fetchval("SELECT count(*) FROM northbound.chassis") == count:
                    return
            await asyncio.sleep(0.02)


async def test_a_change_is_followed_to_the_chassis_that_it_concerns(api: NetworkApi, hosts: Hosts) -> None:
    await chassis_known(api, 2)
    made = await a_bound_port(api, "host-1")
    change = await look(api, made, "?wait=hv&timeout=20")
    assert list(change["chassis"]["names"]) == ["host-1"], "the other host has no port in the network"
    assert change["durable_at"] <= change["northbound_at"]
    assert change["northd_at"] is not None
    assert change["hv_at"] == change["chassis"]["names"]["host-1"]
    assert (change["chassis"]["concerned"], change["chassis"]["in_place"]) == (1, 1)
    assert change["refused"] == []


async def test_a_chassis_that_is_behind_is_named_and_waited_for(api: NetworkApi, hosts: Hosts) -> None:
    await chassis_known(api, 2)
    with paused(hosts[1].controller.pid):
        made = await a_bound_port(api, "host-2")
        behind = await look(api, made, "?wait=northd&timeout=20")
        assert behind["northd_at"] is not None
        assert (await look(api, made, "?wait=hv&timeout=0.5"))["hv_at"] is None
        assert behind["chassis"] == {"concerned": 1, "in_place": 0, "names": {"host-2": None}}
        elsewhere = await look(api, await a_bound_port(api, "host-1"), "?wait=hv&timeout=20")
        assert elsewhere["hv_at"] is not None, "nobody waits for a host that has nothing to do"
    assert (await look(api, made, "?wait=hv&timeout=20"))["hv_at"] is not None


async def test_all_who_ask_at_once_share_one_number(api: NetworkApi, hosts: Hosts) -> None:
    await chassis_known(api, 2)
    network = await api.make("network", who="admin", name="shared number")
    body = {"port": {"network_id": network["id"], "binding:host_id": "host-1"}}
    made = await asyncio.gather(*(api.ask("POST", "/v2.0/ports", body, who="admin") for _ in range(30)))
    (before,) = await api.ovn.northbound.rows("NB_Global")
    found = await asyncio.gather(*(look(api, answer, "?wait=hv&timeout=20") for answer in made))
    assert all(change["hv_at"] for change in found)
    (after,) = await api.ovn.northbound.rows("NB_Global")
    assert 1 <= after["nb_cfg"] - before["nb_cfg"] <= 5


async def test_without_northd_a_change_is_in_ovn_and_no_further(api: NetworkApi, hosts: Hosts) -> None:
    await chassis_known(api, 2)
    with paused(api.ovn.northd.pid):
        made = await a_bound_port(api, "host-1")
        change = await look(api, made, "?wait=northd&timeout=0.3")
        assert change["northbound_at"] is not None
        assert (change["northd_at"], change["hv_at"]) == (None, None)
    assert (await look(api, made, "?wait=hv&timeout=20"))["hv_at"] is not None


async def test_a_change_of_nothing_in_ovn_is_there_at_once(api: NetworkApi) -> None:
    network = await api.make("network")
    tagged = await api.ask("PUT", f"/v2.0/networks/{network['id']}/tags/a")
    change = await look(api, tagged, who="alice")
    assert change["northbound_at"] is not None


async def test_a_change_that_ovn_refuses_says_so(api: NetworkApi) -> None:
    made = await api.ask("POST", "/v2.0/networks", {"network": {"name": "n"}})
    owner = made.body["network"]["id"]
    async with api.database.transaction() as conn:
        await conn.execute("INSERT INTO northbound.quarantine VALUES ('network', $1, 'name-unique: x')", owner)
    change = await look(api, made, "?wait=northbound&timeout=0", who="alice")
    assert (change["northbound_at"], change["refused"]) == (None, [f"network/{owner}: name-unique: x"])


async def test_only_ones_own_changes_are_seen(api: NetworkApi, hosts: Hosts) -> None:
    network = await api.make("network")
    made = await api.ask("POST", "/v2.0/ports", {"port": {"network_id": network["id"]}})
    own = await look(api, made, who="alice")
    assert "names" not in own["chassis"], "a tenant learns how many hosts, not which"
    assert await look(api, made, who="reader")
    for who, request_id in (("bob", made.request_id), ("alice", "req-unknown"), ("auditor", made.request_id)):
        answer = await api.ask("GET", f"/changes/{request_id}", who=who, api="meridian/v1")
        assert answer.status == 404
        assert request_id in answer.body["message"]


async def test_bad_words_are_refused_by_name(api: NetworkApi) -> None:
    for query in ("wait=moon", "wait=hv&timeout=x", "wait=hv&timeout=-1", "wait=hv&timeout=61", "timeout=nan"):
        answer = await api.ask("GET", f"/changes/req-1?{query}", api="meridian/v1")
        assert answer.status == 400
        assert query.rpartition("=")[0].rpartition("&")[2] in answer.body["message"]


async def test_a_number_that_ovn_forgot_is_given_anew(api: NetworkApi, hosts: Hosts) -> None:
    """NB may come back older than it was: what it once counted to, it may never reach again."""
    await chassis_known(api, 2)
    made = await a_bound_port(api, "host-1")
    async with api.database.transaction() as conn:
        await conn.execute(
            "UPDATE northbound.changes SET asked = true, concerned = $2, nb_cfg = 1000000 WHERE request_id = $1",
            made.request_id,
            ["host-1"],
        )
    assert (await look(api, made, "?wait=hv&timeout=20"))["hv_at"] is not None


async def test_old_changes_are_forgotten(api: NetworkApi) -> None:
    made = await api.ask("POST", "/v2.0/networks", {"network": {"name": "n"}})
    async with api.database.transaction() as conn:
        await store.prune(conn, 3600)
        assert await store.find_change(conn, made.request_id) is not None
        await conn.execute("UPDATE northbound.changes SET durable_at = durable_at - interval '61 minutes'")
        await store.prune(conn, 3600)
    assert (await api.ask("GET", f"/changes/{made.request_id}", api="meridian/v1")).status == 404
