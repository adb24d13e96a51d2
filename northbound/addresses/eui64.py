"""Addresses that a guest makes for itself from a router advertisement."""

import ipaddress

import netaddr


def slaac_address(cidr: str, mac: str) -> str:
    """The address of `mac` in an IPv6 subnet of 64 bits (modified EUI-64, RFC 4291 appendix A)."""
    network = ipaddress.ip_network(cidr)
    interface = int(netaddr.EUI(mac).modified_eui64())
    return str(ipaddress.IPv6Address(int(network.network_address) | interface))
