"""Which chassis serve a router's gateway, and in which order. Pure.

The order is a rendezvous hash of router and chassis: the same on every control process without being stored, spread
evenly over the chassis, and only the routers of a chassis that comes or goes are moved.
"""

from collections.abc import Iterable
from hashlib import sha256

from southbound.chassis import Chassis

MOST_CHASSIS = 5
"""Every chassis of a gateway probes all others of the cloud (BFD): more would cost more than they save."""


def choose_chassis(
    router_id: str, physical_network: str | None, hints: Iterable[str], candidates: Iterable[Chassis]
) -> list[str]:
    """Names of at most MOST_CHASSIS chassis, the first being the active one; empty when none fits.

    A chassis fits when it may hold gateways, reaches the physical network (None: every one does) and is in one of the
    zones of `hints`, if there are any.
    """
    zones = frozenset(hints)
    fitting = [
        chassis.name
        for chassis in candidates
        if chassis.is_gateway
        and (physical_network is None or physical_network in chassis.physical_networks)
        and (not zones or zones & chassis.availability_zones)
    ]
    return sorted(fitting, key=lambda name: sha256(f"{router_id}/{name}".encode()).digest())[:MOST_CHASSIS]
