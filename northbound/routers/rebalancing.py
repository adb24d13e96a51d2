"""Moves gateways to where fewer are active: what an operator asks for, and nothing does by itself. Pure.

As few as it takes: each move is from the chassis with the most to one with at least two fewer, which becomes the first of
the gateway's list; the rest of the list stays. Gateways of one router are not brought together, and none is moved to a
chassis that gives no sign of life, unless no chassis does.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from northbound.routers.gateways import MOST_CHASSIS, MOST_REMEMBERED, Load, Place, fits, serving
from southbound.chassis import Chassis

MOST_LISTED = MOST_CHASSIS + MOST_REMEMBERED


class Move(Struct, frozen=True):
    """A gateway that was active on one chassis and is to be on another; `chassis` is its list from then on."""

    port_id: str
    router_id: str
    source: str
    target: str
    chassis: list[str]


def rebalance(places: Sequence[Place], known: Sequence[Chassis]) -> list[Move]:
    """What brings the chassis as near to each other as their gateways fit; empty when they are. One move per gateway.

    `places` are all gateways of the cloud.
    """
    load, moves = Load(), []
    served = {place.port_id: serving(place, known) for place in places}
    for place in places:
        load.add(place.router_id, served[place.port_id])
    staying = {place.port_id: place for place in sorted(places, key=lambda place: place.port_id)}
    while (move := _next(staying.values(), served, known, load)) is not None:
        place = staying.pop(move.port_id)
        load.add(place.router_id, served[move.port_id], -1)
        load.add(
            place.router_id, [name for name in move.chassis if name in served[move.port_id] or name == move.target]
        )
        moves.append(move)
    return moves


def _next(
    places: Iterable[Place], served: Mapping[str, Sequence[str]], known: Sequence[Chassis], load: Load
) -> Move | None:
    """The move from the fullest to the emptiest that fits; None when no move helps."""
    by_load = sorted((chassis for chassis in known if chassis.is_gateway), key=lambda c: (load.active[c.name], c.name))
    targets = [chassis for chassis in by_load if chassis.is_alive] or by_load
    places = list(places)
    for source in reversed(by_load):
        here = [place for place in places if served[place.port_id][:1] == [source.name]]
        for target in targets:
            if load.active[source.name] - load.active[target.name] < 2:
                break
            for place in here:
                if fits(target, place) and not load.of_router[place.router_id, target.name]:
                    names = [target.name, *(name for name in place.chassis if name != target.name)]
                    return Move(place.port_id, place.router_id, source.name, target.name, names[:MOST_LISTED])
    return None
