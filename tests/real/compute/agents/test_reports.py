"""What agents report goes into rows and is answered: real PostgreSQL, real bus, agents held by the test's hand."""

from uuid import UUID, uuid4

import pytest

from compute.messages import AbsentServer, DesiredServer, ServerReport
from compute.servers.server import Server
from deploy.lab.daemons.waiting import until
from tests.real.compute.tasks.agents import ObedientAgent, obey
from tests.real.compute.tasks.cloud import Cloud

pytestmark = pytest.mark.real


async def active_server(cloud: Cloud) -> Server:
    server = await cloud.create()
    return await cloud.wait_for(server.id, lambda found: found.vm_state == "active" and found.task_state is None)


def report_of(server: Server, **said) -> ServerReport:
    values = {
        "host": server.host,
        "server_id": UUID(server.id),
        "generation": server.generation,
        "state": "running",
    }
    return ServerReport(**(values | said))


async def wait_told(agent: ObedientAgent, count: int) -> None:
    async def told() -> bool:
        return len(agent.told) >= count

    await until(told, 20)


async def wait_refused(cloud: Cloud) -> None:
    async def refused() -> bool:
        return cloud.compute.receiver.refused > 0

    await until(refused, 20)


async def test_first_inventory_makes_the_host(cloud: Cloud):
    agent = await cloud.agent(host="host-2")
    await agent.inventory()

    async def known() -> bool:
        return await cloud.ground.host("host-2") is not None

    await until(known, 20)
    host = await cloud.ground.host("host-2")
    assert (host["vcpus"], host["ram_mb"], host["disk_gb"], host["hypervisor_type"]) == (4, 2048, 20, "QEMU")


async def test_guest_that_switched_itself_off_shows_as_stopped(cloud: Cloud):
    agent = await cloud.agent()
    server = await active_server(cloud)
    await agent.say(report_of(server, state="stopped"))
    stopped = await cloud.wait_for(server.id, lambda found: found.vm_state == "stopped")
    assert (stopped.power_state, stopped.generation) == ("shutdown", server.generation)


async def test_older_report_changes_nothing(cloud: Cloud):
    agent = await cloud.agent()
    server = await active_server(cloud)
    stopping = await cloud.change("stop", server.id, "powering-off", power="stopped")
    await cloud.wait_for(server.id, lambda found: found.vm_state == "stopped")
    await agent.say(report_of(server, state="running", generation=server.generation))
    await agent.inventory()
    await wait_told(agent, 3)
    found = await cloud.find(server.id)
    assert (found.vm_state, found.observed_generation) == ("stopped", stopping.generation)


async def test_agent_speaks_for_its_own_host_alone(cloud: Cloud):
    await cloud.agent()
    server = await active_server(cloud)
    stranger = await cloud.agent(host="host-2")
    await stranger.say(report_of(server, state="stopped"))
    await wait_refused(cloud)
    assert (await cloud.find(server.id)).vm_state == "active"


async def test_server_reported_by_a_host_that_is_not_its_own_is_removed_there(cloud: Cloud):
    """The one on the right host goes on, whatever the other one says of its copy."""
    await cloud.agent()
    server = await active_server(cloud)
    other = await cloud.agent(host="host-2")
    await other.say(report_of(server, host="host-2", generation=7))
    await wait_told(other, 1)
    assert other.told == [AbsentServer(UUID(server.id), 7)]
    found = await cloud.find(server.id)
    assert (found.vm_state, found.observed_generation) == ("active", server.generation)


async def test_domain_that_nobody_knows_is_removed(cloud: Cloud):
    agent = await cloud.agent()
    unknown = uuid4()
    await agent.inventory(ServerReport("host-1", unknown, 4, "running"))
    await wait_told(agent, 1)
    assert agent.told == [AbsentServer(unknown, 4)]


async def test_inventory_that_lacks_a_server_is_answered_with_it(cloud: Cloud):
    agent = await cloud.agent()
    server = await active_server(cloud)
    await agent.inventory()
    await wait_told(agent, 2)
    assert isinstance(agent.told[1], DesiredServer)
    assert str(agent.told[1].id) == server.id


async def test_inventory_with_a_server_whose_desired_state_was_lost_is_answered_with_it(cloud: Cloud):
    agent = await cloud.agent()
    server = await active_server(cloud)
    await agent.inventory(report_of(server, generation=0))
    await wait_told(agent, 2)
    assert isinstance(agent.told[1], DesiredServer)
    assert agent.told[1].generation == server.generation


async def test_inventory_that_agrees_is_not_answered(cloud: Cloud):
    agent = await cloud.agent()
    server = await active_server(cloud)
    await agent.inventory(report_of(server))
    await agent.inventory(report_of(server), ServerReport("host-1", uuid4(), 1, "running"))
    await wait_told(agent, 2)
    assert isinstance(agent.told[1], AbsentServer)


async def test_lost_desired_state_is_sent_again_without_being_asked_for(cloud: Cloud):
    """The first two messages vanish in the agent, as if they had been lost on the way."""
    heard = []

    def deaf_at_first(told):
        heard.append(told)
        return obey(told) if len(heard) > 2 else []

    await cloud.agent(deaf_at_first)
    await active_server(cloud)
    assert len(heard) > 2


async def test_message_that_cannot_be_read_is_counted_and_the_next_one_is_heard(cloud: Cloud):
    agent = await cloud.agent()
    await agent.bus.publish("control", b"{not json", key="bad")
    await active_server(cloud)
    assert cloud.compute.receiver.refused == 1


async def test_many_servers_are_observed_by_one_report(cloud: Cloud):
    agent = await cloud.agent(lambda told: [])
    created = [await cloud.create() for _ in range(3)]
    await agent.inventory(*(report_of(server) for server in created))
    for server in created:
        await cloud.wait_for(server.id, lambda found: found.vm_state == "active")
