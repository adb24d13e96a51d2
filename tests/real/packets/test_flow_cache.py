"""Threat D6: what a tenant's rules and packets put into the switch's flow cache costs its neighbours nothing much.

The worst that rules can ask for: of one that names an address exactly, and one that names a port, the switch remembers a
packet by as many bits of either as it takes to tell it from the rule. Packets that differ in each bit of both fill its
cache with one mask for each pair, all of which are tried for every packet of that guest; more rules add to it less than
that. (Tuple space explosion: CVE-2019-25076.)
"""

import asyncio
import random
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import IPv4Address
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Padding, Raw

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest
from tests.real.packets.test_routing import OPEN

pytestmark = pytest.mark.real
ADDRESS, PORT = int(IPv4Address("10.170.170.170")), 0xAAAA
BURST, PAUSE_S = 20, 0.02
WINDOW_S, LEAST_ROUNDS, MOST_ROUNDS = 1.0, 2, 12
"""The best of each is compared, for what else the machine does slows down both."""
LEAST_SHARE = 0.8
SEED = 20260


def all_masks(guest: Guest, router_mac: str, dice: random.Random) -> Iterator[Packet]:
    """A packet for each pair of bits, which differs from the rules in these at the earliest; what follows is random."""
    for bit in range(32):
        for place in range(16):
            address = ADDRESS ^ (1 << (31 - bit)) ^ dice.getrandbits(31 - bit)
            port = PORT ^ (1 << (15 - place)) ^ dice.getrandbits(15 - place)
            link = Ether(src=guest.mac, dst=router_mac) / IP(src=guest.ip, dst=str(IPv4Address(address)))
            yield link / UDP(sport=7, dport=port) / Raw(b"x" * 18)


@contextmanager
def sending(guest: Guest, frames: list[bytes]) -> Iterator[list[int]]:
    """A thousand frames a second, over and over, in a thread: the stream beside it keeps this one busy. Yields how many
    were sent, in a list of one."""
    sent, stopped = [0], threading.Event()

    def send(wire: socket.socket) -> None:
        while not stopped.wait(PAUSE_S):
            for frame in (frames[(sent[0] + offset) % len(frames)] for offset in range(BURST)):
                wire.send(frame)
            sent[0] += BURST

    with guest.open_socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((guest.device, 0))
        wire.setblocking(True)
        thread = threading.Thread(target=send, args=(wire,))
        thread.start()
        try:
            yield sent
        finally:
            stopped.set()
            thread.join()


class Stream:
    """A TCP connection between two neighbours that is always full."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self._near, self._far, self._received = near, far, 0
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]

    async def _send(self) -> None:
        block = bytes(1 << 16)
        while True:
            await asyncio.get_running_loop().sock_sendall(self._near, block)

    async def _receive(self) -> None:
        while True:
            self._received += len(await asyncio.get_running_loop().sock_recv(self._far, 1 << 18))

    async def bytes_per_s(self) -> float:
        loop = asyncio.get_running_loop()
        begun, before = loop.time(), self._received
        await asyncio.sleep(WINDOW_S)
        return (self._received - before) / (loop.time() - begun)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


@asynccontextmanager
async def streaming(one: Guest, other: Guest) -> AsyncIterator[Stream]:
    with other.open_socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("", 80))
        listener.listen()
        with await one.dial(other.ip, 80) as near:
            far, _ = await asyncio.get_running_loop().sock_accept(listener)
            with far:
                stream = Stream(near, far)
                try:
                    yield stream
                finally:
                    await stream.close()


async def worst_group(lab: Laboratory) -> dict[str, Any]:
    egress = {"direction": "egress", "protocol": "udp"}
    exactly = {"port_range_min": PORT, "port_range_max": PORT}
    return await lab.group(egress | {"remote_ip_prefix": f"{IPv4Address(ADDRESS)}/32"}, egress | exactly)


async def flows(lab: Laboratory) -> int:
    said = await lab.chassis.run("ovs-appctl", "-t", str(lab.chassis.switch.control_socket), "dpctl/dump-flows")
    return len(said.splitlines())


async def test_threat_d6_neighbours_keep_their_throughput_beside_the_worst_rules_and_packets(lab: Laboratory) -> None:
    (network, subnet), (quiet, _) = await lab.network("10.63.0.0/24"), await lab.network("10.64.0.0/24", who="bob")
    router = await lab.router(subnet, external=False)
    (inside,) = await lab.api.find(f"ports?device_id={router['id']}", who="admin")
    group = await worst_group(lab)
    loud_port = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    open_group = await lab.group(*OPEN, who="bob")
    said = {"who": "bob", "network_id": quiet["id"], "security_groups": [open_group["id"]]}
    calm = [await lab.api.make("port", **said) for _ in range(2)]
    async with lab.plugged(loud_port, silent=True) as (loud,), lab.plugged(*calm) as (one, other):
        await lab.settled()
        worst = [bytes(frame) for frame in all_masks(loud, inside["mac_address"], random.Random(SEED))]
        async with streaming(one, other) as stream:
            best: dict[str, float] = {"plain": 0.0, "worst": 0.0}
            seen, sent = 0, 0
            for number in range(MOST_ROUNDS):
                for kind, frames in (("plain", worst[:1]), ("worst", worst)):
                    with sending(loud, frames) as counted:
                        best[kind] = max(best[kind], await stream.bytes_per_s())
                        seen, sent = max(seen, await flows(lab)), max(sent, counted[0])
                if number >= LEAST_ROUNDS and best["worst"] > LEAST_SHARE * best["plain"]:
                    break
    print(
        f"{sent} frames a round: beside one flow {best['plain'] / 1e6:.0f} MB/s, beside {seen} flows {best['worst'] / 1e6:.0f} MB/s"
    )
    assert seen > len(worst) // 2, "the packets did fill the cache"
    assert best["worst"] > LEAST_SHARE * best["plain"]


async def test_threat_d6_odd_packets_leave_no_flow_into_which_others_fall(lab: Laboratory) -> None:
    """Without a protocol (CVE-2023-1668), with more padding than a byte counts (CVE-2020-35498), cut short."""
    network, _ = await lab.network("10.65.0.0/24")
    open_group = await lab.group({"protocol": "udp", "port_range_min": 7, "port_range_max": 7}, {"direction": "egress"})
    said = {"network_id": network["id"], "security_groups": [open_group["id"]]}
    async with lab.plugged(*[await lab.api.make("port", **said) for _ in range(2)], silent=True) as (liar, victim):
        await lab.settled()
        link, ip = Ether(src=liar.mac, dst=victim.mac), IP(src=liar.ip, dst=victim.ip)
        odd = [
            *(
                link / IP(src=liar.ip, dst=victim.ip, proto=0) / Raw(bytes(rest))
                for rest in (b"", b"\0" * 8, b"\0\7\0\7" * 8)
            ),
            *(link / ip / UDP(sport=7, dport=9) / Padding(b"x" * length) for length in (200, 256, 300, 1200)),
            *(Raw(bytes(link / ip / UDP(sport=7, dport=9))[:length]) for length in (15, 33, 35, 41)),
        ]
        for frame in odd:
            await liar.send(frame)
            closed = link / ip / UDP(sport=7, dport=9)
            assert await arrivals(liar, victim, [closed, honest(liar, victim)]) == [honest(liar, victim)], (
                frame.summary()
            )
