"""One end of the wire: a network namespace, its sockets, and what it can do with them."""

import asyncio
import fcntl
import socket
import struct
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Any

from scapy.packet import Packet

from deploy.lab.daemons.programs import run
from deploy.lab.namespaces import Namespace
from tests.real.packets.inside import inside, set_kernel
from tests.real.packets.sniffing import Sniffer

ETH_P_ALL = 0x0003
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
ECHO_REQUEST = {4: b"\x08", 6: b"\x80"}
AGAIN_S = 0.2
PATIENCE_S = 5.0
NO_WAY = (TimeoutError, OSError)


class Guest:
    """`port` is as the API showed it, empty for the far side of the provider network; `ip` is the first address."""

    def __init__(
        self, namespace: Namespace, device: str, port: dict[str, Any] | None = None, addresses: Sequence[str] = ()
    ) -> None:
        self.namespace = namespace
        self.device = device
        self.port = port or {}
        self.addresses = list(addresses)
        self._raw: socket.socket | None = None

    @property
    def mac(self) -> str:
        return self.port["mac_address"]

    @property
    def tap(self) -> str:
        return f"tap{self.port['id'][:11]}"

    @property
    def ip(self) -> str:
        return self.addresses[0]

    @property
    def ip6(self) -> str:
        """Its first IPv6 address."""
        return next(address for address in self.addresses if ":" in address)

    def prepare_stack(self, *, silent: bool) -> None:
        """Finish checksums here (the userspace datapath forwards packets as they are), be quiet if wanted."""
        value = array("I", [ETHTOOL_STXCSUM, 0])
        with inside(self.namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            request = struct.pack("16sP", self.device.encode(), value.buffer_info()[0])
            fcntl.ioctl(control, SIOCETHTOOL, request)
        set_kernel(self.namespace, "ipv4.ping_group_range", "0 0")
        set_kernel(self.namespace, f"ipv6.conf.{self.device}.dad_transmits", "0")
        if silent:
            set_kernel(self.namespace, f"ipv6.conf.{self.device}.disable_ipv6", "1")

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A socket of the guest, which does not block."""
        with inside(self.namespace):
            opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        return opened

    async def run(self, *argv: str) -> str:
        """Standard output of a program in its namespace."""
        return await run(self.namespace.enter(*argv))

    def close(self) -> None:
        if self._raw is not None:
            self._raw.close()

    async def reaches(self, address: str, *, within_s: float = PATIENCE_S) -> bool:
        """Whether an echo request is answered."""
        version = ip_address(address).version
        protocol = socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6
        with self.open_socket(_family(address), socket.SOCK_DGRAM, protocol) as echo, suppress(*NO_WAY):
            async with asyncio.timeout(within_s):
                return await self._is_echoed(echo, ECHO_REQUEST[version] + bytes(7) + b"meridian", address)
        return False

    async def asks(self, address: str, port: int, *, within_s: float = PATIENCE_S, source_port: int = 0) -> bool:
        """Whether a datagram is answered; `answering` does."""
        with self.open_socket(_family(address), socket.SOCK_DGRAM) as asking, suppress(*NO_WAY):
            if source_port:
                asking.bind(("", source_port))
            async with asyncio.timeout(within_s):
                return await self._is_echoed(asking, b"hello", address, port)
        return False

    async def _is_echoed(self, asking: socket.socket, said: bytes, address: str, port: int = 0) -> bool:
        loop = asyncio.get_running_loop()
        answer = asyncio.ensure_future(loop.sock_recv(asking, 2048))
        try:
            while not answer.done():
                await loop.sock_sendto(asking, said, self._endpoint(address, port))
                await asyncio.wait([answer], timeout=AGAIN_S)
            return bool(answer.result())
        finally:
            answer.cancel()

    def _endpoint(self, address: str, port: int) -> tuple[str | int, ...]:
        """Addresses that every link has are those of the guest's own device."""
        if ":" not in address:
            return address, port
        with inside(self.namespace):
            return address, port, 0, socket.if_nametoindex(self.device)

    async def connects(self, address: str, port: int, *, within_s: float = PATIENCE_S) -> bool:
        """Whether a TCP connection opens. Raises ConnectionRefusedError when nobody listens, which is no verdict."""
        try:
            (await self.dial(address, port, within_s=within_s)).close()
        except ConnectionRefusedError:
            raise
        except NO_WAY:
            return False
        return True

    async def dial(self, address: str, port: int, *, within_s: float = PATIENCE_S) -> socket.socket:
        """An open TCP connection. Raises OSError."""
        dialling = self.open_socket(_family(address), socket.SOCK_STREAM)
        try:
            async with asyncio.timeout(within_s):
                await asyncio.get_running_loop().sock_connect(dialling, self._endpoint(address, port))
        except BaseException:
            dialling.close()
            raise
        return dialling

    @asynccontextmanager
    async def listening(self, port: int, family: int = socket.AF_INET) -> AsyncIterator[None]:
        """TCP connections to the port are accepted, and what they say is said back."""
        listener = self.open_socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("", port))
        server = await asyncio.start_server(_echo, sock=listener)
        try:
            yield
        finally:
            server.close()

    @asynccontextmanager
    async def answering(self, port: int, family: int = socket.AF_INET) -> AsyncIterator[None]:
        """Datagrams to the port come back."""
        with self.open_socket(family, socket.SOCK_DGRAM) as answering:
            answering.bind(("", port))
            task = asyncio.create_task(_echo_datagrams(answering))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait([task])

    async def send(self, *frames: Packet) -> None:
        """Frames as they are, through the wire."""
        loop = asyncio.get_running_loop()
        for frame in frames:
            await loop.sock_sendall(self._wire(), bytes(frame))

    def _wire(self) -> socket.socket:
        if self._raw is None:
            self._raw = self.open_socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._raw.bind((self.device, 0))
        return self._raw

    @asynccontextmanager
    async def sniffing(self) -> AsyncIterator[Sniffer]:
        """Every frame that arrives meanwhile; what the guest sends itself is left out."""
        with self.open_socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as wire:
            wire.bind((self.device, ETH_P_ALL))
            sniffer = Sniffer(wire)
            asyncio.get_running_loop().add_reader(wire, sniffer.read)
            try:
                yield sniffer
            finally:
                asyncio.get_running_loop().remove_reader(wire)


async def is_alive(connection: socket.socket, *, within_s: float = PATIENCE_S) -> bool:
    """Whether what is said over a connection to `listening` still comes back."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within_s):
            await loop.sock_sendall(connection, b"still there?")
            return bool(await loop.sock_recv(connection, 2048))
    except NO_WAY:
        return False


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while said := await reader.read(2048):
            writer.write(said)
            await writer.drain()
    writer.close()


async def _echo_datagrams(answering: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while True:
        said, sender = await loop.sock_recvfrom(answering, 2048)
        with suppress(OSError):
            await loop.sock_sendto(answering, said, sender)
