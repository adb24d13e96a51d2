"""A member as PostgreSQL holds it, and where one may be. Pure."""

from collections.abc import Iterable
from ipaddress import ip_address

from northbound.balancing.errors import InvalidInput, UnsupportedOption
from northbound.balancing.reading import Shown


class Member(Shown, frozen=True, kw_only=True):
    """`subnet_id` None: the VIP's. `weight` 0: it takes no new connections."""

    pool_id: str
    load_balancer_id: str
    address: str
    protocol_port: int
    subnet_id: str | None = None
    weight: int = 1


def check_address(address: str, vip_addresses: Iterable[str]) -> None:
    """Passes for an address of a machine that one of the VIPs can lead to; raises InvalidInput, UnsupportedOption."""
    parsed = ip_address(address)
    if parsed.is_loopback or parsed.is_multicast or parsed.is_unspecified or parsed.is_link_local:
        raise InvalidInput("address", f"{address} is not an address that a member can have.")
    if parsed.version not in {ip_address(vip).version for vip in vip_addresses}:
        raise UnsupportedOption(
            f"address {address}: OVN leads IPv4 VIPs to IPv4 members and IPv6 VIPs to IPv6 members only; the load"
            f" balancer has no IPv{parsed.version} VIP."
        )
