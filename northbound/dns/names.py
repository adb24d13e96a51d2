"""Names and domains, and what a port's addresses are called. Pure.

A port's full name is its `dns_name` in the first domain that is said: the port's own, its network's, the cloud's. A
port without a name is called after its address, as Neutron does; OVN does not resolve that.
"""

import re
from collections.abc import Sequence
from typing import Self

from msgspec import Struct

from runtime.attributes import Scalar

CLOUD_DOMAIN = "openstacklocal."
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_NAME = 253


def is_name(text: str) -> bool:
    """Whether the text is labels with dots between, in lower case, as RFC 1123 has them."""
    return len(text) <= LONGEST_NAME and all(LABEL.fullmatch(label) for label in text.split("."))


class DnsName(Scalar):
    """A host's name without its domain, in lower case; empty: none."""

    @classmethod
    def parse(cls, text: str) -> Self:
        name = text.lower()
        if name and not is_name(name):
            raise ValueError(f"'{text[:64]}' is not a host name; a domain goes into dns_domain")
        return cls(name)


class Assignment(Struct, frozen=True):
    """What one address of a port is called; `fqdn` ends with a dot."""

    ip_address: str
    hostname: str
    fqdn: str


def assign(ips: Sequence[str], name: str, domains: Sequence[str]) -> list[Assignment]:
    """The names of a port's addresses; `domains` are the port's, its network's, either may be empty."""
    domain = full_domain(domains)
    names = [name or "host-" + ip.replace(".", "-").replace(":", "-") for ip in ips]
    return [Assignment(ip, host, f"{host}.{domain}") for ip, host in zip(ips, names, strict=True)]


def full_domain(domains: Sequence[str]) -> str:
    return next(filter(None, domains), CLOUD_DOMAIN)
