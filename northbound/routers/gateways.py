"""Which chassis serve a router's gateways, and in which order. Pure.

The order is a rendezvous hash of router and chassis: the same on every control process without being stored, spread
evenly over the chassis, and only the routers of a chassis that comes or goes are moved. Gateways of one router are
active on different chassis as far as there are enough, and the chassis of one gateway alternate between the zones that
the router asks for. Source: ovn-mapping section 8.4.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from northbound.routers.router import Router, RouterPort
from southbound.chassis import Chassis

MOST_CHASSIS = 5
"""Every chassis of a gateway probes all others of the cloud (BFD): more would cost more than they save."""


def schedule(router: Router, candidates: Iterable[Chassis]) -> Mapping[str, list[str]]:
    """For each gateway of the router (by its port) the chassis that serve it, the first being the active one."""
    chassis, active, chosen = list(candidates), Counter[str](), {}
    for gateway in router.gateways:
        names = choose_chassis(router, gateway, chassis, active)
        active.update(names[:1])
        chosen[gateway.port_id] = names
    return chosen


def choose_chassis(
    router: Router, gateway: RouterPort, candidates: Sequence[Chassis], active: Mapping[str, int]
) -> list[str]:
    """Names of at most MOST_CHASSIS chassis; empty when none fits.

    A chassis fits when it may hold gateways, reaches the gateway's physical network (of a tunnelled one, every one
    does) and is in one of the router's zones, if it asks for any. `active` counts the router's other gateways that are
    active on a chassis.
    """
    zones = frozenset(router.availability_zone_hints)
    fitting = [
        chassis
        for chassis in candidates
        if chassis.is_gateway
        and (gateway.physical_network is None or gateway.physical_network in chassis.physical_networks)
        and (not zones or zones & chassis.availability_zones)
    ]
    fitting.sort(key=lambda chassis: sha256(f"{router.id}/{chassis.name}".encode()).digest())
    fitting.sort(key=lambda chassis: active.get(chassis.name, 0))
    return [chassis.name for chassis in _alternating(fitting, zones)][:MOST_CHASSIS]


def _alternating(fitting: Sequence[Chassis], zones: frozenset[str]) -> list[Chassis]:
    """The chassis in an order in which no zone comes again before the others had their turn."""
    turns, ordered, waiting = Counter[str](), [], list(fitting)
    while waiting:
        following = min(
            waiting, key=lambda chassis: min((turns[zone] for zone in chassis.availability_zones & zones), default=0)
        )
        waiting.remove(following)
        turns.update(following.availability_zones & zones)
        ordered.append(following)
    return ordered
