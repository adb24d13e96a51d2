"""Which of the hosts that can take a server comes first: the one with the most memory free, then vCPUs, then disk."""

from collections.abc import Iterable

from compute.scheduler.snapshot import Host


def order_hosts(hosts: Iterable[Host]) -> list[Host]:
    """Emptiest first, so that servers spread; equal ones by name, so that the same snapshot gives the same order."""
    return sorted(hosts, key=lambda host: (-host.free.ram_mb, -host.free.vcpus, -host.free.disk_gb, host.name))
