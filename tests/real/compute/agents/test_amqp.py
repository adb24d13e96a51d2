"""Control and an agent with the rights of an agent over a real RabbitMQ: what a datacentre runs."""

import uuid
from collections.abc import AsyncIterator

import pytest

from compute.assembly import BusSettings, make_bus, open_compute
from compute.messages import CONTROL_TOPIC, agent_topic
from runtime.bus.amqp import AmqpBus
from runtime.bus.broker import peer_permissions
from runtime.database import Database
from runtime.settings import Secret
from tests.daemons.rabbitmq import RabbitMq
from tests.real.compute.servers.ground import Ground
from tests.real.compute.tasks.agents import BUS_LIMITS, ObedientAgent, obey
from tests.real.compute.tasks.cloud import Cloud

pytestmark = pytest.mark.real


@pytest.fixture
async def virtual_host(rabbitmq: RabbitMq) -> AsyncIterator[str]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    await rabbitmq.ctl("add_vhost", name)
    await rabbitmq.ctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    yield name
    await rabbitmq.ctl("delete_vhost", name)


async def agent_url(rabbitmq: RabbitMq, virtual_host: str, host: str) -> str:
    """The broker's address for a new user that has the rights of the agent of `host`."""
    user, password = agent_topic(host), uuid.uuid4().hex
    rights = peer_permissions([CONTROL_TOPIC], [user])
    await rabbitmq.ctl("add_user", user, password)
    await rabbitmq.ctl("set_permissions", "-p", virtual_host, user, rights.configure, rights.write, rights.read)
    topic_rights = (rights.topic_write, rights.topic_read)
    await rabbitmq.ctl("set_topic_permissions", "-p", virtual_host, user, "meridian", *topic_rights)
    return f"amqp://{user}:{password}@127.0.0.1:{rabbitmq.port}/{virtual_host}"


async def test_server_lives_and_dies_over_amqp(rabbitmq: RabbitMq, virtual_host: str, database: Database):
    cloud = Cloud(await Ground.lay(database))
    bus = make_bus(BusSettings(Secret(f"{rabbitmq.url}{virtual_host}")))
    agent_bus = AmqpBus(await agent_url(rabbitmq, virtual_host, "host-1"), limits=BUS_LIMITS)
    agent = ObedientAgent("host-1", agent_bus, obey)
    async with open_compute(database, bus, wake_network=lambda: None) as cloud.compute:
        try:
            await agent.connect()
            server = await cloud.create()
            await cloud.wait_for(server.id, lambda found: found.vm_state == "active")
            await cloud.delete(server.id)
            await cloud.wait_gone(server.id)
        finally:
            await agent_bus.close()
    assert cloud.compute.receiver.refused == 0
