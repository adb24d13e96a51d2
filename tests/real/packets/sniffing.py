"""What arrives at a guest, and whether crafted frames do."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Padding, Raw

if TYPE_CHECKING:
    from tests.real.packets.guest import Guest

PATIENCE_S = 10.0
UDP_PROBE = 7
WITHOUT_PAYLOAD = (ARP, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_RS, ICMPv6ND_RA)


class Sniffer:
    """Frames in order of arrival. VLAN tags of 802.1Q are taken off by the kernel on the way to us."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._raw: list[bytes] = []
        self._news = asyncio.Event()

    def read(self) -> None:
        while True:
            try:
                frame, address = self._wire.recvfrom(65535)
            except BlockingIOError:
                break
            if address[2] != socket.PACKET_OUTGOING:
                self._raw.append(frame)
        self._news.set()

    @property
    def frames(self) -> list[Packet]:
        return [Ether(frame) for frame in self._raw]

    def drain(self) -> list[bytes]:
        """What came so far, which is forgotten."""
        frames, self._raw = self._raw, []
        return frames

    def holds(self, token: bytes) -> bool:
        return any(token in frame for frame in self._raw)

    async def wait(self, wanted: Callable[[Packet], bool], *, within_s: float = PATIENCE_S) -> Packet:
        """The first frame that is wanted, which may have come already. Raises TimeoutError."""
        seen = 0
        async with asyncio.timeout(within_s):
            while True:
                for frame in self._raw[seen:]:
                    seen += 1
                    if wanted(parsed := Ether(frame)):
                        return parsed
                self._news.clear()
                await self._news.wait()

    async def wait_for(self, token: bytes, *, within_s: float = PATIENCE_S) -> None:
        """Returns when a frame with these bytes has come. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not self.holds(token):
                self._news.clear()
                await self._news.wait()


async def arrivals(
    sender: "Guest", victim: "Guest", frames: Sequence[Packet], *, probe: Packet | None = None
) -> list[Packet]:
    """Those of the frames that reach the victim.

    Each is marked with bytes of its own. After them goes `probe` (by default an honest datagram from the sender to
    the victim, which the victim's groups must let in), whose arrival says that the others had their time.
    """
    marked = [_marked(frame) for frame in frames]
    async with victim.sniffing() as seen:
        await sender.send(*(frame for _, frame in marked))
        for _ in range(2):
            token, frame = _marked(honest(sender, victim) if probe is None else probe)
            await sender.send(frame)
            await seen.wait_for(token)
        return [frame for frame, (token, _) in zip(frames, marked, strict=True) if seen.holds(token)]


def honest(sender: "Guest", receiver: "Guest") -> Packet:
    """A datagram that says the truth about its sender, both being on one network."""
    layer = IPv6 if ":" in sender.ip else IP
    link = Ether(src=sender.mac, dst=receiver.mac)
    return link / layer(src=sender.ip, dst=receiver.ip) / UDP(sport=UDP_PROBE, dport=UDP_PROBE)


def link_local(mac: str) -> str:
    """The address that a card has by itself. Source: RFC 4291, appendix A."""
    octets = bytes.fromhex(mac.replace(":", ""))
    return str(IPv6Address(b"\xfe\x80" + bytes(6) + bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]))


def _marked(frame: Packet) -> tuple[bytes, Packet]:
    """(token, the frame with it): at the end of its payload, or behind a message that has none."""
    token = secrets.token_hex(8).encode()
    bare = any(frame.haslayer(kind) for kind in WITHOUT_PAYLOAD)
    return token, frame / (Padding(token) if bare else Raw(token))
