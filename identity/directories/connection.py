"""One connection to an LDAP server: sansldap speaks, asyncio carries. No thread, and nothing that blocks the loop.

One request is under way at a time. Whatever is not expected ends the connection: an answer nobody asked for, bytes
behind the permission to start TLS (which somebody else may have put there), more than an answer may hold.
Source: RFC 4511, 4513; deploy/decisions/0010-directories-are-asked-without-threads.md.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import cast

from sansldap import (
    BindResponse,
    ExtendedOperations,
    ExtendedResponse,
    LDAPClient,
    LDAPError,
    LDAPFilter,
    LDAPMessage,
    LDAPResult,
    LDAPResultCode,
    PagedResultControl,
    SearchResultDone,
    SearchResultEntry,
    SearchResultReference,
    SearchScope,
)

from identity.directories.entries import Entry

LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
PIECE_BYTES = 8192
"""Some fifty entries, which take some milliseconds."""
PART_OF_AN_ANSWER = (SearchResultEntry, SearchResultReference)


class DirectoryFailed(Exception):
    """The directory does not answer, or not as it should. The message is for the log."""


class Refused(DirectoryFailed):
    """The directory answered, and the answer was no."""

    def __init__(self, code: LDAPResultCode, text: str) -> None:
        super().__init__(f"{code.name}: {text[:200]}")
        self.code = code


class LdapConnection(asyncio.Protocol):
    def __init__(self) -> None:
        self._session = LDAPClient()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[list[LDAPMessage]] | None = None
        self._message_id = 0
        self._messages: list[LDAPMessage] = []
        self._received_bytes = 0
        self._backlog = bytearray()
        self._most = 0
        self._failure: Exception | None = None

    @property
    def is_usable(self) -> bool:
        return self._failure is None and self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or DirectoryFailed("the directory closed the connection"))

    def data_received(self, data: bytes) -> None:
        """A long answer is taken in pieces, with the loop free in between, and no more is read meanwhile."""
        self._received_bytes += len(data)
        if self._answer is None or self._answer.done() or self._received_bytes > LARGEST_ANSWER_BYTES:
            self._fail(DirectoryFailed("the directory sent what nobody asked for, or too much"))
            return
        if not self._backlog and self._transport is not None:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._digest)
        self._backlog += data

    def _digest(self) -> None:
        piece = bytes(self._backlog[:PIECE_BYTES])
        del self._backlog[:PIECE_BYTES]
        if self._failure is None:
            self._take(piece)
        if self._failure is not None:
            self._backlog.clear()
        elif self._backlog:
            asyncio.get_running_loop().call_soon(self._digest)
        elif self._transport is not None:
            self._transport.resume_reading()

    def _take(self, data: bytes) -> None:
        try:
            messages = self._session.receive(data)
        except (LDAPError, ValueError, RecursionError) as error:
            self._fail(error)
            return
        for place, message in enumerate(messages):
            if message.message_id != self._message_id:
                self._fail(DirectoryFailed("the directory answered another question"))
                return
            self._messages.append(message)
            if len(self._messages) > self._most:
                self._fail(DirectoryFailed("the directory answered more than was asked for"))
                return
            if not isinstance(message, PART_OF_AN_ANSWER):
                self._finish(is_last=place == len(messages) - 1 and not self._backlog)
                return

    def _finish(self, *, is_last: bool) -> None:
        if not is_last:
            self._fail(DirectoryFailed("the directory went on after its answer"))
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(self._messages)

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(DirectoryFailed(str(error)))
        self.close()

    def close(self) -> None:
        """At once; what was under way is lost."""
        self._failure = self._failure or DirectoryFailed("closed")
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        answer = await self._ask(self._session.extended_request(ExtendedOperations.LDAP_START_TLS.value))
        _check(cast(ExtendedResponse, answer[-1]).result)
        plain, self._session = self._transport, LDAPClient()
        loop = asyncio.get_running_loop()
        self._answer = None
        transport = await loop.start_tls(plain, self, context, server_hostname=host)
        if transport is None or self._failure is not None:
            raise DirectoryFailed("TLS was not started")
        self._transport = cast(asyncio.Transport, transport)

    async def bind(self, dn: str, password: str) -> None:
        """Raises Refused. A bind without name or password would be anonymous and prove nothing: it is never sent."""
        if not dn or not password:
            raise Refused(LDAPResultCode.INVALID_CREDENTIALS, "empty")
        answer = await self._ask(self._session.bind_simple(dn, password))
        _check(cast(BindResponse, answer[-1]).result)

    async def search(
        self,
        base: str,
        scope: SearchScope,
        condition: LDAPFilter,
        attributes: Sequence[str],
        *,
        most: int,
        page_size: int = 0,
    ) -> tuple[list[Entry], bool]:
        """(at most `most` entries, whether there are more). References to other servers are left out.

        A base that does not exist holds nothing. Raises Refused.
        """
        found: list[Entry] = []
        cookie = b""
        while True:
            controls = [PagedResultControl(critical=True, size=page_size, cookie=cookie)] if page_size else []
            message_id = self._session.search_request(
                base, scope, size_limit=most + 1, filter=condition, attributes=list(attributes), controls=controls
            )
            *parts, done = await self._ask(message_id, most=2 * most + 10)
            found += [_entry(part) for part in parts if isinstance(part, SearchResultEntry)]
            result = cast(SearchResultDone, done).result
            if result.result_code == LDAPResultCode.NO_SUCH_OBJECT:
                return [], False
            if result.result_code != LDAPResultCode.SIZE_LIMIT_EXCEEDED:
                _check(result)
            cookie = next((c.cookie for c in done.controls if isinstance(c, PagedResultControl)), b"")
            is_cut = result.result_code == LDAPResultCode.SIZE_LIMIT_EXCEEDED or len(found) > most
            if is_cut or not cookie:
                return found[:most], is_cut

    async def _ask(self, message_id: int, most: int = 1) -> list[LDAPMessage]:
        if not self.is_usable or self._transport is None:
            raise DirectoryFailed(str(self._failure))
        self._answer = asyncio.get_running_loop().create_future()
        self._message_id, self._messages, self._received_bytes, self._most = message_id, [], 0, most
        self._transport.write(self._session.data_to_send())
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.close()  # the answer would be taken for that of the next question
            raise


def _check(result: LDAPResult) -> None:
    if result.result_code != LDAPResultCode.SUCCESS:
        raise Refused(result.result_code, result.diagnostics_message)


def _entry(part: SearchResultEntry) -> Entry:
    return Entry(part.object_name, {attribute.name.lower(): attribute.values for attribute in part.attributes})
