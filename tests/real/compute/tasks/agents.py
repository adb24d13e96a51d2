"""Agents that a test holds by the hand: the real bus, and no hypervisor behind it."""

import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from aiohttp import web

from compute.messages import (
    CONTROL_TOPIC,
    AbsentServer,
    DesiredServer,
    FromAgent,
    HostReport,
    HostResources,
    Hypervisor,
    ServerReport,
    agent_topic,
    decode_for_agent,
    encode,
)
from deploy.lab.daemons.waiting import until
from runtime.bus.interface import Bus, Limits, Message
from runtime.bus.peer_link import Peer
from runtime.bus.websocket_client import WebSocketClient

BUS_LIMITS = Limits(reconnect_first_s=0.02, reconnect_longest_s=0.1)

Answer = Callable[[DesiredServer | AbsentServer], list[dict[str, Any]]]
"""From what an agent is told to the reports that it gives, each as changes to an obedient one."""


def obey(told: DesiredServer | AbsentServer) -> list[dict[str, Any]]:
    """Build, then be as asked."""
    if isinstance(told, AbsentServer):
        return [{"state": "absent"}]
    return [{"state": "building"}, {"state": told.power}]


async def peer_by_host(request: web.Request) -> Peer:
    """Believes the host that the token names."""
    topic = agent_topic(request.headers["X-Auth-Token"])
    return Peer(topic, frozenset({CONTROL_TOPIC}), frozenset({topic}))


def websocket_to(url: str, host: str) -> WebSocketClient:
    """The end of the bus that the agent of `host` has at a control that believes it."""

    async def token() -> str:
        return host

    return WebSocketClient(url, token, limits=BUS_LIMITS)


class ObedientAgent:
    """An agent at the other end of the real bus that has no hypervisor: it answers as `answer` says."""

    def __init__(self, host: str, bus: Bus, answer: Answer) -> None:
        self.host = host
        self.bus = bus
        self.answer = answer
        self.told: list[DesiredServer | AbsentServer] = []
        self._numbers = itertools.count()

    async def open(self) -> None:
        await self.bus.consume(agent_topic(self.host), self._receive)
        await self.bus.open()

    async def connect(self) -> None:
        """Return when the bus is connected."""
        await self.open()

        async def connected() -> bool:
            return self.bus.connected

        await until(connected, 10)

    async def _receive(self, message: Message) -> None:
        told = decode_for_agent(message.body)
        self.told.append(told)
        for said in self.answer(told):
            await self.report(told.id, told.generation, **said)

    async def report(self, server_id: UUID, generation: int, **said: Any) -> None:
        await self.say(ServerReport(**({"host": self.host, "server_id": server_id, "generation": generation} | said)))

    async def inventory(self, *reports: ServerReport) -> None:
        resources = HostResources(vcpus=4, ram_mb=2048, disk_gb=20)
        await self.say(HostReport(self.host, resources, Hypervisor("QEMU", 7002000, self.host, "x86_64"), reports))

    async def say(self, message: FromAgent) -> None:
        await self.bus.publish(CONTROL_TOPIC, encode(message), key=str(next(self._numbers)))
