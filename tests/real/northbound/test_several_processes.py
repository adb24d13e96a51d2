"""Several control processes at once, whose requests are about the same thing. Threats N9 and N16.

The catalogue asks for hundreds of turns: MERIDIAN_TURNS says how many, less than that in a test run.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from runtime.database import DatabaseSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi, network_api
from tests.real.northbound.course import lay_out

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]
TURNS = int(os.environ.get("MERIDIAN_TURNS", "40"))
WORKERS = 4


@pytest.fixture
async def processes(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[list[NetworkApi]]:
    """The first one leads."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(network_api(database_settings, ovn, leads=number == 0))
            for number in range(WORKERS)
        ]


async def test_threat_n9_no_translation_is_left_after_many_turns_of_two_workers(processes: list[NetworkApi]) -> None:
    api, other, *_ = processes
    course = await lay_out(api)
    ports = [await api.make("port", network_id=course.network["id"]) for _ in range(2)]
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"])
    statuses: Counter[int] = Counter()

    async def work(process: NetworkApi, port_id: str) -> None:
        for _ in range(TURNS):
            for said in (port_id, None):
                body = {"floatingip": {"port_id": said}}
                answer = await process.ask("PUT", f"/v2.0/floatingips/{floating_ip['id']}", body)
                assert answer.status in (200, 409), answer.body
                statuses[answer.status] += 1

    await asyncio.gather(*(work(process, port["id"]) for process, port in zip((api, other), ports, strict=True)))
    await api.change("floatingip", floating_ip["id"], port_id=None)
    assert await api.ovn.wait_rows("NB", "NAT", 0, type="dnat_and_snat") == []
    print(f"{TURNS} turns of two workers: {dict(statuses)}")


async def test_threat_n16_clients_that_ask_for_the_same_get_it_once_and_no_constraint_error(
    processes: list[NetworkApi],
) -> None:
    api = processes[0]
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="10.50.0.0/24", ip_version=4)
    router = await api.make("router", name="r")
    path, body = f"/v2.0/routers/{router['id']}", {"subnet_id": subnet["id"]}
    seen: Counter[int] = Counter()
    for _ in range(TURNS):
        for verb, count in (("add", 1), ("remove", 0)):
            asked = (process.ask("PUT", f"{path}/{verb}_router_interface", body) for process in processes)
            statuses = Counter(answer.status for answer in await asyncio.gather(*asked))
            assert statuses[200] == 1
            assert statuses.keys() <= {200, 400, 404, 409}
            assert await kept(api) == count
            seen.update(statuses)
    print(f"{TURNS} turns of {WORKERS} workers: {dict(seen)}")


async def kept(api: NetworkApi) -> int:
    """Router ports in OVN."""
    ends: list[dict[str, Any]] = await api.ovn.northbound.rows("Logical_Router_Port")
    return len(ends)
