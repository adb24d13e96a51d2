"""Ports of servers that the network API changes: the agents hear of it, once, and no task is made of it."""

from uuid import UUID

import msgspec
import pytest

from compute.interfaces import store as interfaces
from compute.servers.rewiring import raise_rewired
from compute.servers.server import Server
from northbound.networks import store as networks
from northbound.ports import metadata
from northbound.ports import store as ports
from northbound.ports.port import AddressRequest, Port
from northbound.subnets import store as subnets
from runtime.database import Connection
from tests.real.compute.tasks.cloud import Cloud
from tests.real.compute.tasks.test_tasks import is_active, is_stopped
from tests.real.northbound.networking import a_subnet

pytestmark = pytest.mark.real


async def port_of(conn: Connection, server: Server) -> Port:
    (card,) = await interfaces.select_of(conn, [server.id])
    return await ports.fetch_port(conn, card.port_id, None)


async def give_address(cloud: Cloud, server: Server, ip: str) -> None:
    async with cloud.database.transaction() as conn:
        port = await port_of(conn, server)
        await ports.update_port(conn, port, port, [AddressRequest(None, ip)])


async def wait_told(cloud: Cloud, server: Server, generation: int) -> Server:
    """The server at rest once its agent has carried out this generation; nothing more is to be told."""
    told = await cloud.wait_for(server.id, lambda seen: seen is not None and seen.observed_generation == generation)
    assert await raise_rewired(cloud.database) == []
    assert (told.generation, told.task_state, told.boot_serial) == (generation, None, server.boot_serial)
    return told


async def test_what_the_network_api_changes_is_told_once(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    made = await cloud.wait_for(server.id, is_active)
    await wait_told(cloud, server, made.generation)

    await give_address(cloud, server, "10.50.0.99")
    await wait_told(cloud, server, made.generation + 1)
    assert [address.ip for address in agent.told[-1].interfaces[0].addresses] == ["10.50.0.99"]

    async with cloud.database.transaction() as conn:
        (subnet,) = await subnets.subnets_of_network(conn, cloud.ground.network.id)
        await subnets.update_subnet(conn, subnet, msgspec.structs.replace(subnet, dns_nameservers=["192.0.2.53"]))
    await wait_told(cloud, server, made.generation + 2)
    assert agent.told[-1].interfaces[0].addresses[0].dns_servers == ("192.0.2.53",)

    async with cloud.database.transaction() as conn:
        network = await networks.fetch_network(conn, cloud.ground.network.id, None)
        await networks.update_network(conn, network, msgspec.structs.replace(network, mtu=1300))
    await wait_told(cloud, server, made.generation + 3)
    assert agent.told[-1].interfaces[0].mtu == 1300

    async with cloud.database.transaction() as conn:
        more = a_subnet(cloud.ground.network.id, "10.51.0.0/24")
        await subnets.insert_subnet(conn, more)
        await metadata.enter_subnet(conn, more)
    await wait_told(cloud, server, made.generation + 4)
    assert "10.51.0.2/24" in agent.told[-1].metadata_ports[0].ips

    async with cloud.database.transaction() as conn:
        port = await port_of(conn, server)
        await ports.update_port(conn, port, msgspec.structs.replace(port, security_groups=[]))
    await wait_told(cloud, server, made.generation + 5)
    assert agent.told[-1].guest.security_groups == ()

    async with cloud.database.transaction() as conn:
        port = await port_of(conn, server)
        await ports.update_port(conn, port, msgspec.structs.replace(port, name="a name is nothing to a host"))
    await wait_told(cloud, server, made.generation + 5)
    assert [task.kind for task in await cloud.tasks(server.id)] == ["create"]


async def test_guest_that_switched_itself_off_is_not_started_by_a_new_address(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    made = await cloud.wait_for(server.id, is_active)
    await agent.report(UUID(made.id), made.generation, state="stopped", boot_serial=made.boot_serial)
    await cloud.wait_for(server.id, is_stopped)
    await give_address(cloud, server, "10.50.0.99")
    assert await raise_rewired(cloud.database) == []
    await cloud.change("start", server.id, "powering-on", power="running")
    await cloud.wait_for(server.id, is_active)
    assert [address.ip for address in agent.told[-1].interfaces[0].addresses] == ["10.50.0.99"]


async def test_stopped_server_is_told_and_stays_stopped(cloud: Cloud):
    agent = await cloud.agent()
    server = await cloud.create()
    await cloud.wait_for(server.id, is_active)
    await cloud.change("stop", server.id, "powering-off", power="stopped")
    stopped = await cloud.wait_for(server.id, is_stopped)
    await give_address(cloud, server, "10.50.0.99")
    told = await wait_told(cloud, server, stopped.generation + 1)
    assert (told.vm_state, agent.told[-1].power) == ("stopped", "stopped")
