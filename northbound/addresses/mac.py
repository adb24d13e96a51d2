"""MAC addresses that are made up. They begin as the operator decides (see `addresses.settings`), customarily as Neutron's."""

import hashlib
import secrets

PREFIX = "fa:16:3e"
OCTETS = 6
SELECT_PREFIX = "SELECT northbound.mac_prefix() AS prefix", ()


def random_mac(prefix: str) -> str:
    """A MAC for a new port; 24 random bits or fewer, so the caller repeats on a clash in its network."""
    return _mac(prefix, secrets.token_bytes(OCTETS))


def mac_of(name: str, prefix: str) -> str:
    """The MAC that `name` always has: for what we serve without a port, such as a subnet's DHCP server."""
    return _mac(prefix, hashlib.sha256(name.encode()).digest())


def _mac(prefix: str, source: bytes) -> str:
    """The prefix, filled up with octets of `source`."""
    return f"{prefix}:{source[: OCTETS - len(prefix.split(':'))].hex(':')}"
