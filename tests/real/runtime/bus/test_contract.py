"""The promise of `runtime.bus.interface`, asked of both transports over real sockets and a real broker."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator

import pytest

from deploy.lab.daemons.waiting import until
from runtime.bus.interface import AlreadyConsumed, Bus, BusError, Message, OversizeBody
from tests.real.runtime.bus.transports import (
    SMALL,
    AmqpTransport,
    Transport,
    WebSocketTransport,
    running,
)

pytestmark = pytest.mark.real


@pytest.fixture(params=["websocket", "amqp"])
def stopped_transport(request: pytest.FixtureRequest) -> WebSocketTransport | AmqpTransport:
    if request.param == "websocket":
        return WebSocketTransport()
    return AmqpTransport(request.getfixturevalue("rabbitmq"))


@pytest.fixture
async def transport(stopped_transport: WebSocketTransport | AmqpTransport) -> AsyncIterator[Transport]:
    async with running(stopped_transport) as started:
        await until(is_connected(started.control), 20)
        yield started


@pytest.fixture
def host() -> str:
    return f"h-{uuid.uuid4().hex[:8]}"


class Recorder:
    """A handler that remembers what it got, and fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.messages: list[Message] = []
        self.failures = failures

    async def __call__(self, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("planted failure")
        self.messages.append(message)

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.messages]

    async def wait_for(self, key: str) -> None:
        async def arrived() -> bool:
            return key in self.keys

        await until(arrived, 20)


def is_connected(bus: Bus):
    async def connected() -> bool:
        return bus.connected

    return connected


async def connected_agent(transport: Transport, host: str, handler=None) -> Bus:
    agent = transport.new_agent(host)
    await agent.consume(f"agent.{host}", handler or Recorder())
    await agent.open()
    await until(is_connected(agent), 20)
    return agent


async def test_message_reaches_the_agent_it_names(transport: Transport, host: str):
    mine, other = Recorder(), Recorder()
    await connected_agent(transport, host, mine)
    await connected_agent(transport, f"{host}-other", other)
    await transport.control.publish(f"agent.{host}", b"body \x00\xff", key="k")
    await mine.wait_for("k")
    assert mine.messages[0].body == b"body \x00\xff"
    assert mine.messages[0].attempt == 1
    assert other.messages == []


async def test_message_reaches_control(transport: Transport, host: str):
    control = Recorder()
    await transport.control.consume(transport.control_topic, control)
    agent = await connected_agent(transport, host)
    await agent.publish(transport.control_topic, b"report", key="k")
    await control.wait_for("k")
    assert control.messages[0].body == b"report"
    assert control.messages[0].sender


async def test_topic_keeps_its_order_in_both_directions(transport: Transport, host: str):
    """As many messages as wait anywhere: more would push out the oldest wherever consumers are the slower ones."""
    at_agent, at_control = Recorder(), Recorder()
    await transport.control.consume(transport.control_topic, at_control)
    agent = await connected_agent(transport, host, at_agent)
    wanted = [str(number) for number in range(SMALL.queued_messages)]
    for key in wanted:
        await transport.control.publish(f"agent.{host}", b"", key=key)
        await agent.publish(transport.control_topic, b"", key=key)
    await at_agent.wait_for(wanted[-1])
    await at_control.wait_for(wanted[-1])
    assert at_agent.keys == wanted
    assert at_control.keys == wanted


async def test_message_comes_again_after_its_handler_failed(transport: Transport, host: str):
    handler = Recorder(failures=2)
    await connected_agent(transport, host, handler)
    await transport.control.publish(f"agent.{host}", b"", key="first")
    await transport.control.publish(f"agent.{host}", b"", key="second")
    await handler.wait_for("second")
    assert handler.keys == ["first", "second"]
    assert handler.messages[0].attempt == 3


async def test_message_whose_handler_keeps_failing_is_dropped_and_counted(transport: Transport, host: str):
    handler = Recorder(failures=SMALL.attempts)
    agent = await connected_agent(transport, host, handler)
    await transport.control.publish(f"agent.{host}", b"", key="poison")
    await transport.control.publish(f"agent.{host}", b"", key="healthy")
    await handler.wait_for("healthy")
    assert handler.keys == ["healthy"]
    assert agent.statistics.dropped_attempts_spent == 1


async def test_message_comes_again_after_its_consumer_was_killed(transport: Transport, host: str):
    handler = Recorder()
    await (await connected_agent(transport, host)).close()
    await transport.control.publish(f"agent.{host}", b"", key="k")
    await start_and_kill_a_consumer(transport, host)
    await connected_agent(transport, host, handler)
    await handler.wait_for("k")
    assert handler.messages[0].attempt == 2


async def start_and_kill_a_consumer(transport: Transport, host: str) -> None:
    """Have another process take the message of `host`, and kill it in the middle of handling."""
    arguments = ["-m", "tests.real.runtime.bus.stuck_consumer", *transport.agent_arguments(host)]
    victim = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(30):
            while (await victim.stdout.readline()).strip() != b"handling k":
                assert victim.returncode is None
    finally:
        victim.kill()
        await victim.wait()


async def test_agent_comes_back_after_the_restart_of_what_is_between(transport: Transport, host: str):
    at_control, at_agent = Recorder(), Recorder()
    agent = await connected_agent(transport, host, at_agent)
    connections = agent.statistics.connections
    await transport.restart()
    await agent.publish(transport.control_topic, b"", key="said meanwhile")

    async def is_back() -> bool:
        return agent.connected and agent.statistics.connections > connections and transport.control.connected

    await until(is_back, 30)
    await transport.control.consume(transport.control_topic, at_control)
    await agent.publish(transport.control_topic, b"", key="said after")
    await at_control.wait_for("said after")
    await transport.control.publish(f"agent.{host}", b"", key="answered")
    await at_agent.wait_for("answered")


async def test_what_is_published_while_disconnected_arrives_later(transport: Transport, host: str):
    at_control, at_agent = Recorder(), Recorder()
    await transport.control.consume(transport.control_topic, at_control)
    first = await connected_agent(transport, host)
    await first.close()
    for number in range(3):
        await transport.control.publish(f"agent.{host}", b"", key=str(number))
    second = transport.new_agent(host)
    await second.consume(f"agent.{host}", at_agent)
    await second.publish(transport.control_topic, b"", key="before open")
    await second.open()
    await at_agent.wait_for("2")
    await at_control.wait_for("before open")
    assert at_agent.keys == ["0", "1", "2"]


async def test_mailbox_of_a_missing_consumer_keeps_the_newest(transport: Transport, host: str):
    at_agent = Recorder()
    first = await connected_agent(transport, host)
    await first.close()
    published = SMALL.queued_messages * 3
    for number in range(published):
        await transport.control.publish(f"agent.{host}", b"", key=str(number))
    await connected_agent(transport, host, at_agent)
    await at_agent.wait_for(str(published - 1))
    on_their_way = SMALL.unacknowledged + 1  # a broker counts what waits, not what is being delivered
    assert len(at_agent.messages) <= SMALL.queued_messages + on_their_way


async def test_slow_consumer_holds_back_its_sender(transport: Transport, host: str):
    """Everything arrives although far more is published than any queue holds: the publisher waits for room."""
    slow = Recorder()

    async def handle(message: Message) -> None:
        await asyncio.sleep(0.002)
        await slow(message)

    await connected_agent(transport, host, handle)
    most = SMALL.queued_messages
    if isinstance(transport, WebSocketTransport):
        most *= 5  # the broker confirms what it queued and drops its oldest beyond that: it holds nobody back
    for number in range(most):
        await transport.control.publish(f"agent.{host}", b"", key=str(number))
    await slow.wait_for(str(most - 1))
    assert slow.keys == [str(number) for number in range(most)]


async def test_oversize_body_is_refused_before_it_travels(transport: Transport, host: str):
    agent = await connected_agent(transport, host)
    body = bytes(SMALL.body_bytes + 1)
    with pytest.raises(OversizeBody):
        await transport.control.publish(f"agent.{host}", body, key="k")
    with pytest.raises(OversizeBody):
        await agent.publish(transport.control_topic, body, key="k")


async def test_largest_body_arrives(transport: Transport, host: str):
    handler = Recorder()
    await connected_agent(transport, host, handler)
    await transport.control.publish(f"agent.{host}", bytes(SMALL.body_bytes), key="k")
    await handler.wait_for("k")
    assert len(handler.messages[0].body) == SMALL.body_bytes


@pytest.mark.parametrize("topic", ["", "agent.#", "agent.*", "a" * 256, "agent/x", "agent.h\n"])
async def test_name_that_is_no_topic_is_refused(transport: Transport, topic: str):
    with pytest.raises(BusError):
        await transport.control.publish(topic, b"", key="k")
    with pytest.raises(BusError):
        await transport.control.consume(topic, Recorder())


async def test_second_handler_of_a_topic_is_refused(transport: Transport):
    await transport.control.consume(transport.control_topic, Recorder())
    with pytest.raises(AlreadyConsumed):
        await transport.control.consume(transport.control_topic, Recorder())


async def test_foreign_topics_are_refused_to_an_agent(transport: Transport, host: str):
    """An agent may neither read another's messages nor speak to another agent; it can go on with its own."""
    at_control, at_victim, stolen = Recorder(), Recorder(), Recorder()
    victim = f"{host}-victim"
    await transport.control.consume(transport.control_topic, at_control)
    await connected_agent(transport, victim, at_victim)
    if isinstance(transport, AmqpTransport):
        agent = await transport.new_restricted_agent(host)
    else:
        agent = transport.new_agent(host)
    await agent.consume(f"agent.{host}", Recorder())
    await agent.consume(f"agent.{victim}", stolen)
    await agent.publish(f"agent.{victim}", b"", key="forged")
    await agent.open()
    await agent.publish(transport.control_topic, b"", key="honest")
    await at_control.wait_for("honest")

    async def refused_both() -> bool:
        return agent.statistics.refused >= 2

    await until(refused_both, 20)
    await transport.control.publish(f"agent.{victim}", b"", key="private")
    await at_victim.wait_for("private")
    assert at_victim.keys == ["private"]
    assert stolen.messages == []
    assert at_control.messages[0].sender == f"agent.{host}"


async def test_on_connect_callback_runs_after_each_connection(transport: Transport, host: str):
    greetings = Recorder()
    await transport.control.consume(transport.control_topic, greetings)
    agent = transport.new_agent(host)

    async def greet() -> None:
        await agent.publish(transport.control_topic, b"", key=f"greeting {agent.statistics.connections}")

    agent.on_connect(greet)
    await agent.open()
    await greetings.wait_for("greeting 1")
