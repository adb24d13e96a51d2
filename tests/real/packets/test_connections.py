"""Threats D8 and N9: what is taken away also ends for connections that are open."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.real.packets.guest import Guest, is_alive
from tests.real.packets.laboratory import ROUTER_OUTSIDE, Laboratory

pytestmark = pytest.mark.real
DEAD_AFTER_S = 2.0
SILENCE_S = 0.4
OPEN = [{"direction": way, "ethertype": family} for way in ("ingress", "egress") for family in ("IPv4", "IPv6")]


class Stream:
    """Datagrams one way, in answer to a single one: nothing of the asker's tells the switch to look again."""

    def __init__(self, source: socket.socket, sink: socket.socket, asker: tuple[str, int]) -> None:
        self.source, self.sink, self.asker = source, sink, asker

    async def flows(self) -> bool:
        """Whether something comes through within SILENCE_S while the source goes on talking."""
        loop, deadline = asyncio.get_running_loop(), time.monotonic() + SILENCE_S
        while time.monotonic() < deadline:
            await loop.sock_sendto(self.source, b"more", self.asker)
            try:
                async with asyncio.timeout(0.05):
                    return bool(await loop.sock_recv(self.sink, 100))
            except TimeoutError:
                continue
        return False


@asynccontextmanager
async def streaming(source: Guest, sink: Guest, address: str) -> AsyncIterator[Stream]:
    """The sink asks once at `address`, which leads to the source."""
    loop, family = asyncio.get_running_loop(), socket.AF_INET6 if ":" in address else socket.AF_INET
    with (
        source.open_socket(family, socket.SOCK_DGRAM) as talking,
        sink.open_socket(family, socket.SOCK_DGRAM) as listening,
    ):
        talking.bind(("", 5000))
        async with asyncio.timeout(5):
            await loop.sock_connect(listening, (address, 5000))
            await loop.sock_sendall(listening, b"please")
            _, asker = await loop.sock_recvfrom(talking, 100)
        yield Stream(talking, listening, asker)


async def ends(fact: Callable[[], Awaitable[bool]]) -> bool:
    """Whether the fact is over within DEAD_AFTER_S."""
    deadline = time.monotonic() + DEAD_AFTER_S
    while await fact():
        if time.monotonic() > deadline:
            return False
    return True


async def client_and_server(lab: Laboratory, *rules: dict[str, Any]) -> tuple[dict, dict, dict]:
    """(port of a client that may do everything, port of a server, the server's one group)"""
    network, *_ = await lab.network("10.0.0.0/24", "2001:db8::/64")
    generous, group = await lab.group(*OPEN), await lab.group(*rules)
    client = await lab.api.make("port", network_id=network["id"], security_groups=[generous["id"]])
    server = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    return client, server, group


async def remove_rules(lab: Laboratory, group: dict[str, Any], direction: str) -> None:
    for rule in await lab.api.find(f"security-group-rules?security_group_id={group['id']}&direction={direction}"):
        await lab.api.remove("security_group_rule", rule["id"])


async def test_threat_d8_tcp_ends_with_its_rule(lab: Laboratory) -> None:
    ports = await client_and_server(lab, {"protocol": "tcp"})
    async with lab.plugged(*ports[:2]) as (client, server), server.listening(80):
        with await client.dial(server.ip, 80) as connection:
            assert await is_alive(connection)
            await remove_rules(lab, ports[2], "ingress")
            assert await ends(lambda: is_alive(connection, within_s=SILENCE_S))


PERMITS = [
    ("rule goes", {"protocol": "udp"}),
    ("rule goes", {"protocol": "udp", "port_range_min": 5000, "port_range_max": 5000}),
    ("rule goes", {"protocol": "udp", "port_range_min": 5000, "port_range_max": 5001}),
    ("rule goes", {}),
    ("rule goes", {"protocol": "udp", "ethertype": "IPv6", "port_range_min": 5000, "port_range_max": 5000}),
    ("rule goes", {"protocol": "udp", "ethertype": "IPv6"}),
    ("port leaves the group", {"protocol": 17}),
    ("client leaves the remote group", {"protocol": "udp"}),
]


@pytest.mark.parametrize(("way", "rule"), PERMITS)
async def test_threat_d8_replies_end_with_the_permit_of_their_question(
    lab: Laboratory, way: str, rule: dict[str, Any]
) -> None:
    friends = await lab.group(*OPEN)
    remote = {"remote_group_id": friends["id"]} if "remote" in way else {}
    client_port, server_port, group = await client_and_server(lab, rule | remote)
    await lab.api.change("port", client_port["id"], security_groups=[friends["id"]])
    async with lab.plugged(client_port, server_port) as (client, server):
        address = server.ip6 if rule.get("ethertype") == "IPv6" else server.ip
        async with streaming(server, client, address) as stream:
            assert await stream.flows()
            if way == "rule goes":
                await remove_rules(lab, group, "ingress")
            elif way == "port leaves the group":
                await lab.api.change("port", server_port["id"], security_groups=[])
            else:
                other = await lab.group(*OPEN)
                await lab.api.change("port", client_port["id"], security_groups=[other["id"]])
            assert await ends(stream.flows)


async def test_threat_d8_answers_from_outside_end_with_the_egress_rule(lab: Laboratory) -> None:
    client_port, server_port, group = await client_and_server(lab, {"direction": "egress", "protocol": "udp"})
    async with (
        lab.plugged(client_port, server_port) as (client, server),
        streaming(client, server, client.ip) as stream,
    ):
        assert await stream.flows()
        await remove_rules(lab, group, "egress")
        assert await ends(stream.flows)


async def test_connection_that_is_still_permitted_outlives_the_rule_of_another(lab: Laboratory) -> None:
    ports = await client_and_server(lab, {"protocol": "tcp"}, {"direction": "egress", "protocol": "udp"})
    async with lab.plugged(*ports[:2]) as (client, server), server.listening(80):
        with await client.dial(server.ip, 80) as connection:
            await remove_rules(lab, ports[2], "egress")
            assert not await ends(lambda: is_alive(connection))


async def with_floating_ip(lab: Laboratory) -> tuple[dict[str, Any], dict[str, Any]]:
    network, subnet = await lab.network("10.0.0.0/24")
    await lab.router(subnet)
    group = await lab.group(*OPEN)
    port = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    return port, await lab.api.make("floatingip", floating_network_id=lab.external["id"], port_id=port["id"])


async def test_threat_n9_connections_end_with_the_floating_ip(lab: Laboratory) -> None:
    """TCP to it, and answers from it to somebody who asked once."""
    port, floating = await with_floating_ip(lab)
    address = floating["floating_ip_address"]
    async with lab.plugged(port) as (server,), server.listening(80):
        await lab.settled()
        async with streaming(server, lab.outside, address) as stream:
            assert await stream.flows()
            with await lab.outside.dial(address, 80) as connection:
                assert await is_alive(connection)
                await lab.api.change("floatingip", floating["id"], port_id=None)
                assert await ends(lambda: is_alive(connection, within_s=SILENCE_S))
                assert await ends(stream.flows)


async def test_threat_n9_guest_speaks_no_more_with_an_address_that_was_taken_away(lab: Laboratory) -> None:
    port, floating = await with_floating_ip(lab)
    loop = asyncio.get_running_loop()
    async with lab.plugged(port) as (guest,):
        await lab.settled()
        with (
            guest.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as talking,
            lab.outside.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as listening,
        ):
            listening.bind(("", 5001))

            async def speaks_with_it() -> bool:
                await loop.sock_sendto(talking, b"it is me", (ROUTER_OUTSIDE, 5001))
                async with asyncio.timeout(5):
                    _, (source, _) = await loop.sock_recvfrom(listening, 100)
                return source == floating["floating_ip_address"]

            assert await speaks_with_it()
            await lab.api.change("floatingip", floating["id"], port_id=None)
            assert await ends(speaks_with_it)
