"""Places gateways on chassis, by the lists of all gateways that PostgreSQL holds.

A request places its own gateways in the transaction that makes them, so that a gateway is never there without its place
and a crash leaves neither alone. The leader does the same for all, when chassis come and go and now and then: what
nobody placed is placed then. Whoever places holds a lock until the commit, which is why requests do it last.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from northbound.routers import rebalancing
from northbound.routers.gateways import Load, Place, complete
from northbound.routers.rebalancing import Move
from northbound.translation import marks
from northbound.translation.chassis import read_chassis
from runtime.database import Connection, queries
from southbound.chassis import Chassis

SQL = queries(Path(__file__).parent / "placement.sql")


async def place(conn: Connection, *router_ids: str) -> None:
    """Chooses chassis for those gateways of the routers that lack any. The last thing that a transaction does."""
    places = await _read(conn, router_ids)
    if places and complete(places, await read_chassis(conn), Load()):
        await SQL.lock_places(conn)
        known = await read_chassis(conn)
        await _complete(conn, await _read(conn, router_ids), known, await _load_of_others(conn, router_ids, known))


async def place_all(conn: Connection) -> bool:
    """The same for all gateways of the cloud; False when some have to be looked at again, being changed meanwhile."""
    await SQL.lock_places(conn)
    return await _complete(conn, await _read(conn, None), await read_chassis(conn), Load())


async def rebalance(conn: Connection) -> list[Move]:
    """Moves gateways to where fewer are active, as few as it takes. One that somebody changes meanwhile stays."""
    await SQL.lock_places(conn)
    moves = await asyncio.to_thread(rebalancing.rebalance, await _read(conn, None), await read_chassis(conn))
    moved = await _update(conn, {move.port_id: move.chassis for move in moves})
    done = [move for move in moves if move.port_id in moved]
    await _mark(conn, moved, {move.router_id for move in done})
    return done


async def _complete(conn: Connection, places: Sequence[Place], known: Sequence[Chassis], load: Load) -> bool:
    changed = complete(places, known, load)
    placed = await _update(conn, changed)
    await _mark(conn, placed, {place.router_id for place in places if place.port_id in placed})
    return placed == changed.keys()


async def _update(conn: Connection, lists: Mapping[str, list[str]]) -> set[str]:
    """The ports whose lists were written; of the others somebody holds the row."""
    wanted = [{"port_id": port_id, "chassis": names} for port_id, names in lists.items()]
    return {row["port_id"] async for row in SQL.update_places(conn, wanted=wanted)} if wanted else set()


async def _mark(conn: Connection, port_ids: Collection[str], router_ids: Collection[str]) -> None:
    if port_ids:
        await marks.mark(conn, "port", *sorted(port_ids))
        await marks.mark(conn, "router", *sorted(router_ids))


async def forget(conn: Connection, names: Sequence[str]) -> None:
    """Takes chassis that will not come back out of all lists.

    The gateways are marked here: whoever sees a chassis go afterwards finds no list that still names it.
    """
    found = [row async for row in SQL.forget_chassis(conn, names=list(names))]
    await _mark(conn, {row["port_id"] for row in found}, {row["router_id"] for row in found})


async def _read(conn: Connection, router_ids: Sequence[str] | None) -> list[Place]:
    rows = SQL.select_places(conn, router_ids=None if router_ids is None else list(router_ids))
    return [
        Place(
            port_id=row["port_id"],
            router_id=row["router_id"],
            physical_network=row["physical_network"],
            zones=frozenset(row["zones"]),
            chassis=row["chassis"],
        )
        async for row in rows
    ]


async def _load_of_others(conn: Connection, router_ids: Sequence[str], known: Sequence[Chassis]) -> Load:
    load, gateways = Load(), {chassis.name for chassis in known if chassis.is_gateway}
    async for row in SQL.select_lists(conn, router_ids=list(router_ids)):
        load.add("", [name for name in row["chassis"] if name in gateways], row["times"])
    return load
