"""MAC addresses: ours carry Neutron's customary prefix."""

import hashlib
import secrets

PREFIX = "fa:16:3e"


def random_mac() -> str:
    """A MAC for a new port; 24 random bits, so the caller repeats on a clash in its network."""
    return _mac(secrets.token_bytes(3))


def mac_of(name: str) -> str:
    """The MAC that `name` always has: for what we serve without a port, such as a subnet's DHCP server."""
    return _mac(hashlib.sha256(name.encode()).digest()[:3])


def _mac(tail: bytes) -> str:
    return f"{PREFIX}:{tail.hex(':')}"
