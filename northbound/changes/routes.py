"""`GET /meridian/v1/changes/{request_id}`: how far what a request wrote has got.

`?wait=northbound|northd|hv&timeout=SECONDS` answers when it has come there, or when the time is over, whichever is first.
"""

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web

from identity.callers import Caller, caller_of
from identity.policy import Rule, allowed, authorize
from northbound.changes import store
from northbound.changes.change import Change
from northbound.translation.service import TRANSLATION
from runtime.errors import BadRequest, NotFound, Unavailable
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.routes import Route

PLACES = ("northbound", "northd", "hv")
DEFAULT_TIMEOUT_S, LONGEST_TIMEOUT_S = 10.0, 60.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.5
RULES = (
    Rule(
        "network:get_change",
        "role:admin or (role:reader and project_id:%(project_id)s)",
        "See how far a change of one's own project got.",
    ),
    Rule(
        "network:get_change:chassis", "role:admin", "See on which chassis a change is in place, and not only how many."
    ),
)


class ChangeNotFound(NotFound):
    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"Change {request_id[:64]} is not known: it is more than an hour old, wrote nothing, or was not yours."
        )


async def show_change(request: web.Request) -> web.Response:
    place, timeout_s = _wait_of(request)
    change = await _find(request)
    authorize(request, {"project_id": change.project_id})
    if not change.has_reached("hv"):
        async with request.app[DATABASE].connection() as conn:
            await store.ask(conn, change)
        request.app[TRANSLATION].ask()
        change = await (_find(request) if place is None else _wait(request, place, timeout_s))
    return reply({"change": _render(change, chassis=allowed(request, "network:get_change:chassis", {}))})


def _wait_of(request: web.Request) -> tuple[str | None, float]:
    place, text = request.query.get("wait"), request.query.get("timeout", str(DEFAULT_TIMEOUT_S))
    if place is not None and place not in PLACES:
        raise BadRequest(f"Invalid input for wait: expected one of {', '.join(PLACES)}.")
    try:
        timeout_s = float(text)
    except ValueError:
        timeout_s = -1
    if not 0 <= timeout_s <= LONGEST_TIMEOUT_S:
        raise BadRequest(f"Invalid input for timeout: expected 0 to {LONGEST_TIMEOUT_S:.0f} seconds.")
    return place, timeout_s


async def _find(request: web.Request) -> Change:
    """The change, if it is the caller's own project's, or the caller an administrator."""
    request_id = request.match_info["request_id"]
    async with request.app[DATABASE].connection() as conn:
        change = await store.find_change(conn, request_id)
    if change is None or not _is_own(change, caller_of(request)):
        raise ChangeNotFound(request_id)
    return change


def _is_own(change: Change, caller: Caller) -> bool:
    return caller.is_admin or (caller.project_id is not None and caller.project_id == change.project_id)


async def _wait(request: web.Request, place: str, timeout_s: float) -> Change:
    """The change when it has come there, else as it is when the time is over."""
    places = request.app[TRANSLATION].waiting_rooms
    if places.locked():
        raise Unavailable("Too many requests wait for changes already; ask without `wait`, or later.")
    async with places:
        deadline, pause_s = asyncio.get_running_loop().time() + timeout_s, SHORTEST_PAUSE_S
        while True:
            change = await _find(request)
            left_s = deadline - asyncio.get_running_loop().time()
            if change.has_reached(place) or left_s <= 0:
                return change
            await asyncio.sleep(min(pause_s, left_s))
            pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)


def _render(change: Change, *, chassis: bool) -> dict[str, Any]:
    concerned = change.concerned or []
    in_place = [name for name in concerned if name in change.in_place]
    shown: dict[str, Any] = {"concerned": len(concerned), "in_place": len(in_place)}
    if chassis:
        shown["names"] = {name: change.in_place.get(name) for name in concerned}
    return {
        "request_id": change.request_id,
        "durable_at": _time(change.durable_at),
        "northbound_at": None if change.refused else _time(change.committed_at),
        "northd_at": _time(change.processed_at),
        "hv_at": max(change.in_place.values(), default=_time(change.processed_at))
        if change.has_reached("hv")
        else None,
        "chassis": shown,
        "refused": change.refused,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


ROUTES = {"/changes/{request_id}": {"GET": Route(show_change, "network:get_change")}}
