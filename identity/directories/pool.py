"""Connections to the directory of one domain: as many as its options say, each question with a deadline.

Whoever waits for a directory waits in a coroutine, with no connection of the database and no thread held, and not
longer than `timeout_s` in all. Names of hosts are looked up in threads of the pool's own, since a name server may be
silent too. Other domains have other pools, so none waits for another's directory.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from urllib.parse import SplitResult, unquote

from identity.directories.connection import DirectoryFailed, LdapConnection
from identity.directories.options import DirectoryOptions, port_of, server_of

MOST_WAITING = 256
LONGEST_IDLE_S = 30.0
"""What lay idle for longer may have been forgotten by something on the way, and is not trusted to answer."""
CLOSED = "the configuration of the domain was changed meanwhile"
FAILURES = (DirectoryFailed, OSError, TimeoutError, ValueError)
"""What a directory that is away, or a file of certificates that is not there, looks like; ssl's errors are OSErrors."""


class Pool:
    def __init__(self, options: DirectoryOptions, timeout_s: float) -> None:
        self._options = options
        self._timeout_s = timeout_s
        self._idle: list[tuple[float, LdapConnection]] = []
        self._free = asyncio.Semaphore(options.pool_size)
        self._waiting = 0
        self._resolver = ThreadPoolExecutor(max_workers=2, thread_name_prefix="directory-names")
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    def close(self) -> None:
        self._closed = True
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()
        self._resolver.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def connection(self, *, fresh: bool = False) -> AsyncIterator[LdapConnection]:
        """A connection that is bound as the options say; a fresh one is not bound, and is closed at the end.

        The deadline covers the block too. Raises one of FAILURES.
        """
        async with asyncio.timeout(self._timeout_s), self._turn():
            connection = await self._connect() if fresh else await self._bound()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            if fresh or self._closed or not connection.is_usable:
                connection.close()
            else:
                self._idle.append((time.monotonic(), connection))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise DirectoryFailed("too many wait for the directory")
        self._waiting += 1
        try:
            async with self._free:
                yield
        finally:
            self._waiting -= 1

    async def _bound(self) -> LdapConnection:
        while self._idle:
            since, connection = self._idle.pop()
            if connection.is_usable and time.monotonic() - since < LONGEST_IDLE_S:
                return connection
            connection.close()
        connection = await self._connect()
        if self._options.user is not None:
            try:
                await connection.bind(self._options.user, self._options.password or "")
            except BaseException:
                connection.close()
                raise
        return connection

    async def _connect(self) -> LdapConnection:
        """To the first server that takes it. Each but the last has its share of the time."""
        servers = [server_of(url) for url in self._options.url.split(",")]
        for server in servers[:-1]:
            try:
                async with asyncio.timeout(self._timeout_s / (len(servers) + 1)):
                    return await self._connect_to(server)
            except FAILURES:
                continue
        return await self._connect_to(servers[-1])

    async def _connect_to(self, server: SplitResult) -> LdapConnection:
        loop = asyncio.get_running_loop()
        if server.scheme == "ldapi":
            _, connection = await loop.create_unix_connection(LdapConnection, unquote(server.netloc))
            return connection
        host = server.hostname or ""
        context = self._context() if server.scheme == "ldaps" else None
        name = {"server_hostname": host} if context else {}
        _, connection = await loop.create_connection(
            LdapConnection, await self._address(host), port_of(server), ssl=context, **name
        )
        if self._options.use_tls:
            try:
                await connection.start_tls(self._context(), host)
            except BaseException:
                connection.close()
                raise
        return connection

    async def _address(self, host: str) -> str:
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            return await self._look_up(host)

    async def _look_up(self, host: str) -> str:
        """Raises DirectoryFailed when the pool is closed before the name server was asked."""
        if self._closed:
            raise DirectoryFailed(CLOSED)
        work = (socket.getaddrinfo, host, None, 0, socket.SOCK_STREAM)
        asked = asyncio.get_running_loop().run_in_executor(self._resolver, *work)
        try:
            await asyncio.wait([asked])  # which tells an answer that was given up from a caller who was
        finally:
            asked.cancel()
        if asked.cancelled():
            raise DirectoryFailed(CLOSED)
        return asked.result()[0][4][0]

    def _context(self) -> ssl.SSLContext:
        """Certificates are checked unless the options say otherwise; `allow` and `never` take any."""
        if self._tls is None:
            self._tls = ssl.create_default_context(
                cafile=self._options.tls_cacertfile,
                capath=self._options.tls_cacertdir,
            )
            if self._options.tls_req_cert != "demand":
                self._tls.check_hostname = False
                self._tls.verify_mode = ssl.CERT_NONE
        return self._tls
