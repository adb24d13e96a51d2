"""The scheduler's decision: a pure function of the snapshot and the wish."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from compute.scheduler.filters import reasons
from compute.scheduler.snapshot import Host, Wish
from compute.scheduler.weights import order_hosts


class Placement(NamedTuple):
    """`hosts` in the order to try; `rejected` maps every other host's name to its reasons."""

    hosts: Sequence[str]
    rejected: Mapping[str, Sequence[str]]


def place(hosts: Iterable[Host], wish: Wish) -> Placement:
    fitting, rejected = [], {}
    for host in hosts:
        if against := reasons(host, wish):
            rejected[host.name] = against
        else:
            fitting.append(host)
    return Placement([host.name for host in order_hosts(fitting)], rejected)


def describe_for_tenant(placement: Placement) -> str:
    """Why nobody takes the server, in words without host names: each reason with the number of its hosts."""
    if not placement.rejected and not placement.hosts:
        return "No valid host was found. There are no hosts."
    counted = Counter(reason for against in placement.rejected.values() for reason in against)
    if placement.hosts:
        counted["was taken by other requests in the meantime"] = len(placement.hosts)
    total = len(placement.rejected) + len(placement.hosts)
    told = "; ".join(f"{count} of {total} hosts: {reason}" for reason, count in counted.most_common())
    return f"No valid host was found. {told}."


def describe_for_operator(placement: Placement) -> str:
    """The same, host by host."""
    told = [f"{name}: {', '.join(against)}" for name, against in sorted(placement.rejected.items())]
    return "\n".join([*told, *(f"{name}: was taken by other requests" for name in placement.hosts)])
