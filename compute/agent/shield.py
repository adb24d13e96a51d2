"""Keeps the host's own IP stack deaf to a device that belongs to a guest.

With Open vSwitch's userspace datapath the kernel hears every frame that a guest sends, beside the switch, and would
answer to the host's addresses: to the link-local one that it gives the device itself, and, since it answers ARP for
any of its addresses on any device, to all the others.
Source: Linux networking/ip-sysctl, disable_ipv6, arp_ignore, rp_filter.
"""

from contextlib import suppress
from pathlib import Path

SETTINGS = {
    "ipv6/conf/{device}/disable_ipv6": "1",
    "ipv4/conf/{device}/arp_ignore": "8",
    "ipv4/conf/{device}/rp_filter": "1",
    "ipv4/conf/{device}/forwarding": "0",
}


def shield(device: str) -> None:
    """Idempotent; nothing happens when there is no such device, or no such protocol on this host."""
    for key, value in SETTINGS.items():
        with suppress(FileNotFoundError):
            Path("/proc/sys/net", key.format(device=device)).write_text(value)
