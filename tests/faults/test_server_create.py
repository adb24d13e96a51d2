"""`kill -9` of control and of the agent while a server is made: it ends ACTIVE, or in ERROR with a reason.

Each moment is a fact that is waited for, so that the kill hits the same point of the server's way on any machine.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from deploy.lab.daemons.libvirt import connection_uri
from deploy.lab.daemons.programs import ProgramFailed, run
from deploy.lab.daemons.waiting import until
from deploy.lab.state import State
from tests.daemons.cloud import Cloud
from tests.faults.invariants import violations
from tests.faults.processes import kill

SETTLED_S = 90
Moment = Callable[[State, str], Awaitable[bool]]


async def accepted(_state: State, _server_id: str) -> bool:
    """The API has answered; nothing else has happened for sure."""
    return True


async def disk_begun(state: State, server_id: str) -> bool:
    return (state.directory / "agent" / "instances" / server_id).exists()


async def domain_defined(state: State, server_id: str) -> bool:
    try:
        await run(["virsh", "-c", connection_uri(state.host / "libvirt"), "domstate", server_id])
    except ProgramFailed:
        return False
    return True


class Nova:
    """The few calls that the tests need, and patience with a control process that is just being killed."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def create(self, name: str, image: str, flavor: str, network: str) -> str:
        server = {"name": name, "imageRef": image, "flavorRef": flavor, "networks": [{"uuid": network}]}
        async with self._session.post(f"{self._url}/compute/v2.1/servers", json={"server": server}) as answer:
            assert answer.status == 202, await answer.text()
            return (await answer.json())["server"]["id"]

    async def find(self, server_id: str) -> dict | None:
        """The server, None when it is gone; asks again while control does not answer."""
        while True:
            try:
                async with self._session.get(f"{self._url}/compute/v2.1/servers/{server_id}") as answer:
                    if answer.status == 404:
                        return None
                    if answer.status == 200:
                        return (await answer.json())["server"]
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)

    async def delete(self, server_id: str) -> None:
        async with self._session.delete(f"{self._url}/compute/v2.1/servers/{server_id}") as answer:
            assert answer.status == 204, await answer.text()


@pytest.fixture(scope="module")
async def parts(cloud: Cloud) -> tuple[str, str, str]:
    """(image, flavor, network) for small servers."""
    name = f"faults-{uuid.uuid4().hex[:8]}"
    shape = ("-f", "value", "-c", "id")
    image = await cloud.openstack(
        *("image", "create", "--file", cloud.environment["IMAGE"], "--disk-format", "qcow2", *shape, name)
    )
    flavor = await cloud.openstack("flavor", "create", "--vcpus", "1", "--ram", "96", "--disk", "1", *shape, name)
    network = await cloud.openstack("network", "create", *shape, name)
    await cloud.openstack("subnet", "create", "--network", network, "--subnet-range", "10.77.0.0/24", name)
    return image, flavor, network


@pytest.fixture
async def nova(cloud: Cloud) -> AsyncIterator[Nova]:
    token = await cloud.openstack("token", "issue", "-f", "value", "-c", "id")
    async with aiohttp.ClientSession(headers={"X-Auth-Token": token}) as session:
        yield Nova(session, cloud.url)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", [accepted, disk_begun, domain_defined], ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("victim", ["control", "agent"])
async def test_killed_process_leaves_a_server_that_runs_or_says_why(
    cloud: Cloud, nova: Nova, parts: tuple[str, str, str], victim: str, moment: Moment
) -> None:
    server_id = await nova.create(f"{victim}-{moment.__name__}", *parts)
    await until(lambda: moment(cloud.state, server_id), 30)
    kill(cloud.state, victim)

    async def at_rest() -> bool:
        server = await nova.find(server_id)
        assert server is not None
        return server["status"] == "ACTIVE" or (server["status"] == "ERROR" and bool(server["fault"]["message"]))

    await until(at_rest, SETTLED_S)
    await no_violation(cloud.state)
    await nova.delete(server_id)

    async def gone() -> bool:
        return await nova.find(server_id) is None

    await until(gone, SETTLED_S)
    await no_violation(cloud.state)


async def no_violation(state: State) -> None:
    """Passes once all invariants hold; what still violates them after 20 s is the failure."""
    found: list[str] = []

    async def none() -> bool:
        found[:] = await violations(state)
        return not found

    try:
        await until(none, 20)
    except TimeoutError:
        pytest.fail("\n".join(found))
