"""Which chassis serve a router's gateways, and in which order. Pure.

Each gateway has a list of chassis. It is kept, so that nothing moves without need: who comes is added at the end of lists
that are short, who goes keeps its place and has it again when it is back. What is chosen anew is chosen by load:

    the active one   of those that fit, the one with the fewest gateways that are active there; gateways of one router
                     are apart as far as there are enough
    those behind it  the one that stands there behind the same active one least often: what a chassis serves is spread
                     evenly over the others when it goes
    of a router that asks for several zones, they alternate; whoever is equal in all of it is told apart by a hash
    who gives no sign of life comes after all who do

A gateway is active on the first of its list that is there and fits, which is what OVN does by priorities, and it goes
back there when that one comes back. Sources: ovn-mapping section 8.4; decision 0008.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct

from northbound.routers.router import Router, RouterPort
from southbound.chassis import Chassis

MOST_CHASSIS = 5
"""Every chassis of a gateway probes all others of the cloud (BFD): more would cost more than they save."""
MOST_REMEMBERED = 5
"""Chassis that are gone and keep their places in a list."""

Wish = tuple[str | None, frozenset[str]]
"""A physical network and zones."""


class Place(Struct, frozen=True, kw_only=True):
    """A gateway as it is placed: what it asks of a chassis, and its list."""

    port_id: str
    router_id: str
    physical_network: str | None = None
    zones: frozenset[str] = frozenset()
    chassis: list[str] = []


def place_of(router: Router, gateway: RouterPort) -> Place:
    return Place(
        port_id=gateway.port_id,
        router_id=router.id,
        physical_network=gateway.physical_network,
        zones=frozenset(router.availability_zone_hints),
        chassis=gateway.chassis,
    )


def fits(chassis: Chassis, place: Place) -> bool:
    """Whether it may hold gateways, reaches the gateway's physical network (of a tunnelled one, every one does) and is in
    one of the router's zones, if it asks for any."""
    return (
        chassis.is_gateway
        and (place.physical_network is None or place.physical_network in chassis.physical_networks)
        and (not place.zones or bool(place.zones & chassis.availability_zones))
    )


def serving(place: Place, known: Iterable[Chassis]) -> list[str]:
    """Names of the chassis that serve the gateway, the active one first; `known` are all that there are."""
    return _serving(place, {chassis.name for chassis in known if fits(chassis, place)})


def _serving(place: Place, fitting: Container[str]) -> list[str]:
    return [name for name in place.chassis if name in fitting][:MOST_CHASSIS]


def only_chassis(place: Place, known: Sequence[Chassis]) -> str | None:
    """The one chassis that a router is on as a whole. OVN does not watch it: the first that gives a sign of life, or the
    first of all when none does."""
    names, alive = serving(place, known), {chassis.name for chassis in known if chassis.is_alive}
    return next((name for name in names if name in alive), next(iter(names), None))


class Load:
    """How often each chassis stands where, in the lists of all gateways."""

    def __init__(self) -> None:
        self.active: Counter[str] = Counter()
        self.behind: Counter[tuple[str, int, str]] = Counter()
        self.anywhere: Counter[str] = Counter()
        self.of_router: Counter[tuple[str, str]] = Counter()

    def add(self, router_id: str, names: Sequence[str], times: int = 1) -> None:
        """Counts a list; -1 takes it out again."""
        for position, name in enumerate(names):
            self.anywhere[name] += times
            if position == 0:
                self.active[name] += times
                self.of_router[router_id, name] += times
            else:
                self.behind[names[0], position, name] += times


def complete(places: Sequence[Place], known: Sequence[Chassis], load: Load) -> Mapping[str, list[str]]:
    """The lists, by port, of those gateways whose list must change: those that more chassis could serve than do.

    `places` are in the order in which they are dealt with; `load` is that of all other gateways, and of these too
    afterwards.
    """
    fitting_by_wish = _fitting(places, known)
    served = {place.port_id: _serving(place, fitting_by_wish[_wish(place)]) for place in places}
    for place in places:
        load.add(place.router_id, served[place.port_id])
    changed = {}
    for place in places:
        fitting = fitting_by_wish[_wish(place)].values()
        names = served[place.port_id]
        if len(names) < min(MOST_CHASSIS, len(fitting)):
            load.add(place.router_id, names, -1)
            chosen = _choose(place, names, fitting, load)
            load.add(place.router_id, chosen)
            changed[place.port_id] = _remembered(place, chosen)
    return changed


def _wish(place: Place) -> Wish:
    """All that `fits` asks of a place."""
    return place.physical_network, place.zones


def _fitting(places: Iterable[Place], known: Sequence[Chassis]) -> Mapping[Wish, Mapping[str, Chassis]]:
    """The chassis that fit, by name, for each wish: a cloud has many gateways, and these wish for little that differs."""
    asking = {_wish(place): place for place in places}
    return {
        wish: {chassis.name: chassis for chassis in known if fits(chassis, place)} for wish, place in asking.items()
    }


def _choose(place: Place, names: Sequence[str], fitting: Collection[Chassis], load: Load) -> list[str]:
    """The names, and behind them those that are chosen."""
    chosen = list(names)
    waiting = {chassis.name: chassis for chassis in fitting if chassis.name not in names}
    turns = Counter(zone for chassis in fitting if chassis.name in names for zone in chassis.availability_zones)
    while waiting and len(chosen) < MOST_CHASSIS:
        following = waiting.pop(min(waiting, key=lambda name: _rank(place, chosen, waiting[name], turns, load)))
        turns.update(following.availability_zones)
        chosen.append(following.name)
    return chosen


def _rank(place: Place, chosen: Sequence[str], chassis: Chassis, turns: Counter[str], load: Load) -> tuple[object, ...]:
    """The least comes next."""
    name = chassis.name
    turn = min((turns[zone] for zone in chassis.availability_zones & place.zones), default=0)
    if chosen:
        weight = (load.behind[chosen[0], len(chosen), name], load.anywhere[name])
    else:
        weight = (load.of_router[place.router_id, name], load.active[name], load.anywhere[name])
    return not chassis.is_alive, turn, *weight, sha256(f"{place.router_id}/{name}".encode()).digest()


def _remembered(place: Place, chosen: Sequence[str]) -> list[str]:
    """The new list: whoever is not there now stays before whom it was before, as many as are remembered."""
    gone = [name for name in place.chassis if name not in chosen][:MOST_REMEMBERED]
    new = [name for name in chosen if name not in place.chassis]
    return [name for name in place.chassis if name in gone or name in chosen] + new
