"""`GET /meridian/v1/audit/events`: who did what, the newest first.

Filters by equality: initiator_id, target_id, target_type, action, outcome, request_id, address; by time: since, until
(ISO 8601). `limit` bounds a page, `before` (the number of the last event seen) asks for the next one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from identity.audit import store
from identity.audit.event import render
from identity.audit.policy import RULES
from identity.policy import authorize
from runtime.errors import BadRequest
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where
from runtime.web.routes import Route

LARGEST_PAGE, PAGE = 1000, 100
EQUAL = ("initiator_id", "target_id", "target_type", "action", "outcome", "request_id", "address")
BOUNDS = {"since": ">=", "until": "<"}
SKEW = 10_000
"""Events that transactions at once may have numbered in another order than that of their times."""


async def list_events(request: web.Request) -> web.Response:
    """The newest events that the query leaves, and `next`, where to go on, while there may be more."""
    authorize(request, {})
    where, limit = parse_query(request.query)
    async with request.app[DATABASE].connection() as connection:
        found = await store.select_events(connection, where, limit)
    further = {"next": found[-1].number} if len(found) == limit else {}
    return reply({"events": [render(event) for event in found], **further})


def parse_query(query: Mapping[str, str]) -> tuple[Where, int]:
    """(conditions, limit). Raises BadRequest, which names the word."""
    where, limit = Where(), PAGE
    for word in query:
        text = query[word]
        if "\x00" in text:
            raise BadRequest(f"Invalid input for {word[:64]}: NUL characters are not accepted.")
        if word in EQUAL:
            where.add(f"{word} = {{}}", text)
        elif word in BOUNDS:
            _add_bound(where, word, _time(word, text))
        elif word == "limit":
            limit = min(_number(word, text) or PAGE, LARGEST_PAGE)
        elif word == "before":
            where.add("number < {}", _number(word, text))
        else:
            raise BadRequest(f"Filtering by '{word[:64]}' is not supported.")
    return where, limit


def _add_bound(where: Where, word: str, moment: datetime) -> None:
    """By time, and by the numbers around that time, so that no more is read than is asked for."""
    where.add(f"event_time {BOUNDS[word]} {{}}", moment)
    edge = "(SELECT number FROM identity.audit_events WHERE event_time >= {} ORDER BY event_time, number LIMIT 1)"
    if word == "since":
        where.add(f"number >= coalesce({edge}, 9223372036854775807) - {SKEW}", moment)
    else:
        where.add(f"number <= coalesce({edge}, 9223372036854775807 - {SKEW}) + {SKEW}", moment)


def _time(word: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadRequest(f"Invalid input for {word}: expected a time such as 2026-01-31T12:00:00Z.") from None


def _number(word: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(f"Invalid input for {word}: expected a whole number, zero or more.")
    return int(text)


ROUTES = {"/audit/events": {"GET": Route(list_events, RULES[0].name)}}
