"""The providers that an operator trusts to be asked: nothing else is ever connected to."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from runtime.settings import Secret

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class OidcProvider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`issuer` is the provider's own name, and where its `/.well-known/openid-configuration` is found.

    A token is for us when its `aud` is one of `audiences`, and was asked for by one of `clients` (which are the
    `audiences` when none are listed). What the provider publishes has to be on the issuer's own host; `jwks_uri` is for
    one that keeps its keys elsewhere. With `client_id` and `client_secret` tokens that are no JWT are shown to the
    provider (introspection); with `userinfo` it is asked for the claims that a token lacks.
    """

    issuer: str
    audiences: tuple[str, ...]
    clients: tuple[str, ...] = ()
    jwks_uri: str | None = None
    ca_file: Path | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    userinfo: bool = False

    def __post_init__(self) -> None:
        check_address(self.issuer, "issuer")
        if self.jwks_uri is not None:
            check_address(self.jwks_uri, "jwks_uri")
        if not self.audiences or not all((*self.audiences, *self.clients)):
            raise ValueError("audiences: whom tokens are for has to be said")
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret are given together")

    @property
    def parties(self) -> tuple[str, ...]:
        """Who may have asked for a token."""
        return self.clients or self.audiences


def check_address(text: str, name: str) -> None:
    """Raises ValueError for anything but https, or http to this machine itself."""
    parts = urlsplit(text)
    try:
        port_is_good = parts.port != 0
    except ValueError:
        port_is_good = False
    if parts.query or parts.fragment or "@" in parts.netloc or "\\" in text or not parts.hostname or not port_is_good:
        raise ValueError(f"{name}: expected an address without user, query and fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"{name}: expected https (http to 127.0.0.1, ::1 and localhost alone)")


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are of one scheme, host and port."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str | None, int]:
    """Raises ValueError also for what two readers of addresses could take for two hosts."""
    parts = urlsplit(address)
    if any(letter in address for letter in "\\@ \t\r\n"):
        raise ValueError(address)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
