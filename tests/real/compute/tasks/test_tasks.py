"""The life of servers as tasks: real PostgreSQL, real bus, agents that answer as each test says."""

from uuid import UUID

import pytest

from compute.interfaces import store as interfaces
from compute.messages import AbsentServer, DesiredServer
from compute.servers import changes
from compute.servers import store as servers
from compute.servers.server import Server
from compute.tasks import store as tasks
from compute.tasks.engine import TaskRunner
from compute.tasks.store import SQL
from compute.tasks.task import parse_task
from deploy.lab.daemons.waiting import until
from northbound.ports import store as ports
from tests.real.compute.tasks.agents import obey
from tests.real.compute.tasks.cloud import REQUEST_ID, Cloud
from tests.real.northbound.networking import insert_port

pytestmark = pytest.mark.real


def is_active(server: Server | None) -> bool:
    return server is not None and server.vm_state == "active" and server.task_state is None


def is_stopped(server: Server | None) -> bool:
    return server is not None and server.vm_state == "stopped" and server.task_state is None


def is_error(server: Server | None) -> bool:
    return server is not None and server.vm_state == "error"


async def nothing_is_held(cloud: Cloud) -> bool:
    host = await cloud.ground.host()
    used = (host["vcpus_used"], host["ram_used_mb"], host["disk_used_gb"])
    ports = await cloud.ground.count("northbound.ports", "device_owner LIKE 'compute:%'")
    return used == (0, 0, 0) and ports == 0


async def test_created_server_becomes_active_and_its_steps_are_recorded(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    task = await cloud.wait_finished(server.id, "done")
    async with cloud.database.connection() as conn:
        events = await tasks.events_of(conn, task.id)
    assert [(event.name, event.result, event.host) for event in events] == [
        ("tell_agent", "Success", "host-1"),
        ("wait_until_applied", "Success", "host-1"),
    ]
    assert isinstance(agent.told[0], DesiredServer)
    assert agent.told[0].request_id == REQUEST_ID


async def test_server_is_created_when_its_agent_comes_later(cloud: Cloud):
    server = await cloud.create()
    await cloud.agent()
    await cloud.wait_for(server.id, is_active)


async def test_stop_start_and_reboot_end_at_rest(cloud: Cloud):
    await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    await cloud.change("stop", server.id, "powering-off", power="stopped")
    await cloud.wait_for(server.id, is_stopped)
    await cloud.change("start", server.id, "powering-on", power="running")
    await cloud.wait_for(server.id, is_active)
    await cloud.change("reboot", server.id, "rebooting", boot="soft")
    await cloud.wait_for(server.id, lambda found: is_active(found) and found.boot_serial == 1)
    assert [task.kind for task in await cloud.tasks(server.id)] == ["reboot", "start", "stop", "create"]


async def test_create_that_the_agent_gives_up_is_an_error_that_holds_nothing(cloud: Cloud):
    def refuse(told):
        if isinstance(told, DesiredServer):
            return [{"state": "error", "fault": "image_rejected", "detail": "secret path /var/lib"}]
        return obey(told)

    agent = await cloud.agent(refuse)
    server = await cloud.create()
    await cloud.wait_finished(server.id, "failed")
    failed = await cloud.wait_for(server.id, is_error)
    assert failed.fault_message == "The image is not what it was registered as."
    assert failed.host is None
    assert await nothing_is_held(cloud)
    assert [type(told) for told in agent.told] == [DesiredServer, AbsentServer]
    await cloud.delete(server.id)
    await cloud.wait_gone(server.id)


async def test_failed_create_holds_its_place_until_its_host_has_removed_it(cloud: Cloud):
    """The host may run the guest: its addresses are nobody else's until the agent says that nothing is left."""

    def refuse(told):
        return [{"state": "error", "fault": "disk_full"}] if isinstance(told, DesiredServer) else []

    agent = await cloud.agent(refuse)
    server = await cloud.create()
    failed = await cloud.wait_for(server.id, lambda found: is_error(found) and found.generation == 2)
    assert failed.host == "host-1"
    assert not await nothing_is_held(cloud)
    await agent.report(agent.told[-1].id, 2, state="absent")
    await cloud.wait_for(server.id, lambda found: found.host is None)
    assert await nothing_is_held(cloud)


async def test_deleted_server_leaves_nothing_but_the_ports_it_was_given(cloud: Cloud):
    await cloud.agent()
    async with cloud.database.transaction() as conn:
        port = await insert_port(conn, cloud.ground.network.id)
    server = await cloud.create(networks=[{"port": port.id}, {"uuid": cloud.ground.network.id}])
    await cloud.wait_for(server.id, is_active)
    await cloud.delete(server.id)
    await cloud.wait_gone(server.id)
    assert await nothing_is_held(cloud)
    assert await cloud.ground.quota() == (0, 0, 0)
    assert await cloud.ground.count("northbound.ports", f"id = '{port.id}' AND device_id = ''") == 1
    assert (await cloud.tasks(server.id))[0].state == "done"


async def test_delete_waits_for_a_host_that_is_away(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    await agent.bus.close()
    await cloud.delete(server.id)
    waiting = await cloud.wait_for(server.id, lambda found: found.task_state == "deleting")
    assert waiting.host == "host-1"
    assert not await nothing_is_held(cloud)
    await cloud.agent()
    await cloud.wait_gone(server.id)
    assert await nothing_is_held(cloud)


async def test_delete_supersedes_a_creation_that_goes_on(cloud: Cloud):
    await cloud.agent(lambda told: obey(told) if isinstance(told, AbsentServer) else [{"state": "building"}])
    server = await cloud.create()
    await cloud.wait_for(server.id, lambda found: found.observed_state == "building")
    await cloud.delete(server.id)
    await cloud.wait_gone(server.id)
    assert [(task.kind, task.state) for task in await cloud.tasks(server.id)] == [
        ("delete", "done"),
        ("create", "superseded"),
    ]
    assert await nothing_is_held(cloud)


async def test_task_past_its_deadline_fails_and_a_late_success_heals_the_server(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    agent.answer = lambda told: [{"state": "building"}]
    stopping = await cloud.change("stop", server.id, "powering-off", power="stopped")
    await cloud.wait_for(server.id, lambda found: found.observed_state == "building")
    async with cloud.database.transaction() as conn:
        await conn.execute("UPDATE compute.tasks SET deadline_at = now(), due_at = now() WHERE state = 'running'")
    failed = await cloud.wait_for(server.id, is_error)
    assert failed.fault_message == "The stop did not finish in time."
    await agent.report(agent.told[-1].id, stopping.generation, state="stopped")
    healed = await cloud.wait_for(server.id, is_stopped)
    assert healed.fault_message is None


async def test_create_past_its_deadline_is_removed_from_its_host(cloud: Cloud):
    def stuck(told):
        return obey(told) if isinstance(told, AbsentServer) else [{"state": "building"}]

    await cloud.agent(stuck)
    server = await cloud.create()
    await cloud.wait_for(server.id, lambda found: found.observed_state == "building")
    async with cloud.database.transaction() as conn:
        await conn.execute("UPDATE compute.tasks SET deadline_at = now(), due_at = now() WHERE state = 'running'")
    failed = await cloud.wait_for(server.id, lambda found: is_error(found) and found.host is None)
    assert failed.fault_message == "The create did not finish in time."
    assert await nothing_is_held(cloud)


async def test_server_that_was_placed_nowhere_fails_at_once(cloud: Cloud):
    async with cloud.database.transaction() as conn:
        await conn.execute("UPDATE compute.hosts SET enabled = false")
    server = await cloud.create()
    assert (await cloud.wait_finished(server.id, "failed")).kind == "create"
    failed = await cloud.wait_for(server.id, is_error)
    assert failed.fault_message.startswith("No valid host was found")


async def test_step_of_a_lost_lease_writes_nothing(cloud: Cloud):
    """A process that was paused after it took a task wakes up when another has taken it: it must not go on."""
    server = await cloud.create()
    await cloud.wait_for(server.id, lambda found: found.task_state == "spawning")
    async with cloud.database.transaction() as conn:
        row = await conn.fetchrow("SELECT * FROM compute.tasks")
        await conn.execute("UPDATE compute.tasks SET lease_term = lease_term + 1")
    announced = []

    async def announce(server_ids, *, request_id=None):
        announced.extend(server_ids)

    await TaskRunner(cloud.database, announce, lambda: None).advance(parse_task(row))
    async with cloud.database.connection() as conn:
        after = await conn.fetchrow("SELECT * FROM compute.tasks")
    assert after["position"] == row["position"]
    assert announced == []


async def test_task_is_taken_up_by_another_when_its_lease_ran_out(cloud: Cloud):
    server = await cloud.create()
    async with cloud.database.transaction() as conn:
        taken = [row async for row in SQL.claim(conn, lease_s=0.1, most=10, busy=[], most_of_host=10)]
    await cloud.agent()
    await cloud.wait_for(server.id, is_active)
    assert len(taken) <= 1


async def active_with_card_change(cloud: Cloud, kind: str) -> tuple[Server, str]:
    """An active server on which a card was asked to come or go while its agent refuses; the server, and the port."""
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    first_card_count = 1

    def refuse_change(told):
        wanted = first_card_count + 1 if kind == "attach_interface" else first_card_count - 1
        if isinstance(told, DesiredServer) and len(told.interfaces) == wanted:
            return [{"state": "error", "fault": "hypervisor_refused"}]
        return obey(told)

    agent.answer = refuse_change
    return server, await cloud.change_card(kind, server.id)


async def test_card_that_cannot_be_plugged_is_taken_back_and_the_server_goes_on(cloud: Cloud):
    server, port_id = await active_with_card_change(cloud, "attach_interface")
    task = await cloud.wait_finished(server.id, "failed")
    assert (task.kind, task.undoing, task.port_id) == ("attach_interface", True, port_id)
    await cloud.wait_for(server.id, is_active)
    assert await cloud.ground.count("compute.interfaces") == 1
    assert await cloud.ground.count("northbound.ports", f"id = '{port_id}' AND device_id = ''") == 1


async def test_card_that_cannot_be_unplugged_stays(cloud: Cloud):
    server, port_id = await active_with_card_change(cloud, "detach_interface")
    assert (await cloud.wait_finished(server.id, "failed")).kind == "detach_interface"
    await cloud.wait_for(server.id, is_active)
    assert await cloud.ground.count("compute.interfaces", f"port_id = '{port_id}' AND NOT leaving") == 1
    assert await cloud.ground.count("northbound.ports", f"id = '{port_id}' AND device_id <> ''") == 1


async def test_card_that_left_before_it_had_come_leaves_no_task_running(cloud: Cloud):
    """The attaching ran out of time while the agent was silent; then the agent carried out the detaching alone."""
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    agent.answer = lambda _told: []
    port_id = await cloud.change_card("attach_interface", server.id)
    async with cloud.database.transaction() as conn:
        locked = await servers.lock(conn, server.id, None)
        await interfaces.leave(conn, server.id, port_id)
        requester = changes.Requester(server.user_id, "req-detach")
        await changes.change_cards(conn, locked, "detach_interface", port_id, requester)
        await conn.execute(
            "UPDATE compute.tasks SET deadline_at = now(), due_at = now() WHERE kind = 'attach_interface'"
        )
    cloud.wake()

    async def given_up() -> bool:
        (attaching,) = [task for task in await cloud.tasks(server.id) if task.kind == "attach_interface"]
        return attaching.undoing or attaching.errors > 0

    async def all_ended() -> bool:
        return all(task.state != "running" for task in await cloud.tasks(server.id))

    await until(given_up, 20)
    agent.answer = obey
    await agent.report(UUID(server.id), (await cloud.find(server.id)).generation, state="running")
    await until(all_ended, 20)
    await cloud.wait_for(server.id, is_active)
    assert await cloud.ground.count("compute.interfaces") == 1


async def test_card_whose_port_the_network_api_deleted_is_taken_out_of_the_server(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    async with cloud.database.transaction() as conn:
        (card,) = await interfaces.select_of(conn, [server.id])
        await ports.delete_port(conn, card.port_id)

    async def detached() -> bool:
        task = (await cloud.tasks(server.id))[0]
        return (task.kind, task.port_id, task.state) == ("detach_interface", card.port_id, "done")

    await until(detached, 20)
    assert agent.told[-1].interfaces == ()
    assert await cloud.ground.count("compute.interfaces") == 0
