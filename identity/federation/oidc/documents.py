"""JSON from a provider: within bounds of time and size, from the address that was asked and no other."""

import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, encode_basic_auth

from identity.federation.oidc.json_objects import decode_object
from identity.federation.oidc.settings import OidcProvider
from runtime.errors import Unavailable

log = structlog.get_logger()
LARGEST_BYTES = 256 * 1024
TIMEOUT_S = 5.0
AT_ONCE = 8
"""Connections to one host."""


def open_client() -> ClientSession:
    """Follows no proxy of the environment, keeps no cookies, and unpacks nothing.

    Each host has its own connections, so that one that hangs holds up nobody who signs in by another.
    """
    return ClientSession(
        timeout=ClientTimeout(total=TIMEOUT_S),
        connector=TCPConnector(limit=0, limit_per_host=AT_ONCE),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    )


class Documents:
    """Asks one provider. Every failure is Unavailable to the caller, and its reason in the log."""

    def __init__(self, provider: OidcProvider, client: ClientSession) -> None:
        self._issuer = provider.issuer
        self._client = client
        self._tls = ssl.create_default_context(cafile=str(provider.ca_file) if provider.ca_file else None)

    async def get(self, address: str, *, bearer: str | None = None) -> dict[str, Any] | None:
        """The document; None when the provider refuses to show it to this bearer."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer is not None else {}
        return await self._ask("GET", address, headers=headers)

    async def post(self, address: str, form: Mapping[str, str], name: str, secret: str) -> dict[str, Any] | None:
        """As get, with the answer to a form."""
        headers = {"Authorization": encode_basic_auth(name, secret)}
        return await self._ask("POST", address, data=form, headers=headers)

    async def _ask(self, method: str, address: str, **what: Any) -> dict[str, Any] | None:
        try:
            async with self._client.request(method, address, ssl=self._tls, allow_redirects=False, **what) as answer:
                if answer.status in (401, 403):
                    return None
                if answer.status != 200:
                    raise self.failed(address, f"status {answer.status}")
                raw = await answer.content.read(LARGEST_BYTES + 1)
                while len(raw) <= LARGEST_BYTES and (more := await answer.content.read(LARGEST_BYTES)):
                    raw += more
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self.failed(address, repr(error)) from error
        if len(raw) > LARGEST_BYTES:
            raise self.failed(address, "too large")
        return self._decoded(address, raw)

    def _decoded(self, address: str, raw: bytes) -> dict[str, Any]:
        try:
            found = decode_object(raw)
        except ValueError as error:
            raise self.failed(address, "no JSON object") from error
        return found

    def failed(self, address: str, reason: str) -> Unavailable:
        log.warning("identity provider failed", issuer=self._issuer, address=address, reason=reason[:256])
        return Unavailable("The identity provider does not answer as it should: try again later.", retry_after_s=5)
