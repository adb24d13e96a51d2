"""The issuers that this process may ask, and what it knows of each: its addresses and its keys.

Both are fetched when they are first needed, kept for a few minutes, and fetched again when a token names a key that is
not among them: at most once in ten seconds, whatever tokens say. While a provider does not answer, what is known
serves for an hour at most, so a key that was taken back does not live on because of an outage.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_plus

from aiohttp import ClientSession

from identity.federation.oidc.documents import Documents
from identity.federation.oidc.introspection import check_introspection
from identity.federation.oidc.keys import PublicKey, choose_key, read_keys
from identity.federation.oidc.settings import OidcProvider, same_host
from identity.federation.oidc.verification import TokenRefused, is_jwt, read_heading, verify
from runtime.errors import Unavailable

FRESH_S = 300.0
OLDEST_S = 3600.0
RETRY_S = 10.0
MOST_ASKED = 32
"""Tokens that one issuer is asked about at once: while it hangs, further logins fail without waiting."""
DISCOVERY = "/.well-known/openid-configuration"


class Issuer:
    """One provider. `clock` returns seconds that only grow."""

    def __init__(
        self, provider: OidcProvider, client: ClientSession, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.provider = provider
        self._documents = Documents(provider, client)
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._asked = 0
        self._addresses: dict[str, Any] = {}
        self._keys: list[PublicKey] = []
        self._fetched_at = self._tried_at = float("-inf")

    async def verified(self, token: str) -> dict[str, Any]:
        """The claims of a token of this issuer. Raises TokenRefused; Unavailable when the issuer has to be asked and
        does not answer."""
        if is_jwt(token):
            claims = await self._verified_jwt(token)
        else:
            with self._asking():
                claims = await self._introspected(token)
        if not self.provider.userinfo:
            return claims
        with self._asking():
            return {**await self._userinfo(token, claims["sub"]), **claims}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if self._asked >= MOST_ASKED:
            raise Unavailable("The identity provider is asked about many tokens: try again later.", retry_after_s=5)
        self._asked += 1
        try:
            yield
        finally:
            self._asked -= 1

    async def _verified_jwt(self, token: str) -> dict[str, Any]:
        heading = read_heading(token)
        if heading.issuer != self.provider.issuer:
            raise TokenRefused("issuer")
        await self._refresh(older_than_s=FRESH_S)
        key = choose_key(self._keys, heading.key_id, heading.algorithm)
        if key is None:
            await self._refresh(older_than_s=RETRY_S)
            key = choose_key(self._keys, heading.key_id, heading.algorithm)
        if key is None:
            raise TokenRefused("key")
        return verify(token, heading, key, self.provider)

    async def _introspected(self, token: str) -> dict[str, Any]:
        if self.provider.client_id is None or self.provider.client_secret is None:
            raise TokenRefused("no JWT")
        # Encoded as RFC 6749, section 2.3.1, asks.
        name, secret = map(quote_plus, (self.provider.client_id, self.provider.client_secret.reveal()))
        form = {"token": token, "token_type_hint": "access_token"}
        answer = await self._documents.post(await self._address("introspection_endpoint"), form, name, secret)
        if answer is None:
            raise self._documents.failed("introspection_endpoint", "it refuses client_id and client_secret")
        check_introspection(answer, self.provider)
        return answer

    async def _userinfo(self, token: str, subject: str) -> dict[str, Any]:
        """Nothing for a token that is not shown any, as one for a program; never what is said of another subject."""
        found = await self._documents.get(await self._address("userinfo_endpoint"), bearer=token)
        if found is not None and found.get("sub") != subject:
            raise TokenRefused("subject of userinfo")
        return found or {}

    async def _address(self, name: str) -> str:
        """Where the issuer says that it answers, on its own host."""
        await self._refresh(older_than_s=FRESH_S)
        address = self._addresses.get(name)
        if not isinstance(address, str) or not same_host(address, self.provider.issuer):
            raise self._documents.failed(name, "not published, or on another host")
        return address

    async def _refresh(self, *, older_than_s: float) -> None:
        """What is known is no older than that afterwards, or it was tried a moment ago. Raises Unavailable when what is
        left is too old to go by."""
        async with self._fetching:
            now = self._clock()
            if now - self._fetched_at < older_than_s:
                return
            if now - self._tried_at >= RETRY_S:
                self._tried_at = now
                try:
                    await self._fetch()
                    self._fetched_at = now
                except Unavailable:
                    if now - self._fetched_at >= OLDEST_S:
                        raise
            elif now - self._fetched_at >= OLDEST_S:
                raise Unavailable("The identity provider did not answer a moment ago.", retry_after_s=int(RETRY_S))

    async def _fetch(self) -> None:
        issuer = self.provider.issuer
        addresses = await self._document(issuer.rstrip("/") + DISCOVERY)
        if addresses.get("issuer") != issuer:
            raise self._documents.failed(DISCOVERY, "it names another issuer")
        where = self.provider.jwks_uri or addresses.get("jwks_uri")
        if not isinstance(where, str) or not (self.provider.jwks_uri or same_host(where, issuer)):
            raise self._documents.failed("jwks_uri", "not published, or on another host")
        keys = read_keys(await self._document(where))
        if not keys:
            raise self._documents.failed(where, "no key that tokens can be checked with")
        self._addresses, self._keys = addresses, keys

    async def _document(self, address: str) -> dict[str, Any]:
        found = await self._documents.get(address)
        if found is None:
            raise self._documents.failed(address, "refused")
        return found


class Issuers:
    """All issuers of the settings."""

    def __init__(self, providers: Iterable[OidcProvider], client: ClientSession) -> None:
        self._by_name = {provider.issuer: Issuer(provider, client) for provider in providers}

    async def verified(self, token: str, names: Iterable[str]) -> dict[str, Any]:
        """The claims of a token that one of the issuers named made, `iss` among them. Raises TokenRefused, Unavailable.

        A token that is no JWT does not say whose it is: it is shown to those that may be asked, and to none if they
        are several, who need not learn of each other's tokens.
        """
        trusted = [self._by_name[name] for name in names if name in self._by_name]
        if is_jwt(token):
            said = read_heading(token).issuer
            trusted = [issuer for issuer in trusted if issuer.provider.issuer == said]
        if len(trusted) != 1:
            raise TokenRefused("no issuer of this identity provider")
        claims = await trusted[0].verified(token)
        return {**claims, "iss": trusted[0].provider.issuer}
