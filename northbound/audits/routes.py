"""What operators may ask about the translation: `GET /meridian/v1/drift` and `GET /meridian/v1/quarantine`."""

from aiohttp import web

from identity.policy import Rule, authorize
from northbound.audits import drift
from northbound.audits.quarantine import list_quarantined
from runtime.errors import BadRequest
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.routes import Route

LARGEST_PAGE, PAGE = 1000, 100
RULES = (Rule("network:get_drift", "role:admin", "See what was changed in OVN by others, and what OVN refuses."),)


async def list_drift(request: web.Request) -> web.Response:
    """The newest first; `owner=port/<id>` for one owner, `limit`, and `before` the number of the last one seen."""
    authorize(request, {})
    limit, before = _number(request, "limit"), _number(request, "before")
    kind, _, owner_id = request.query.get("owner", "").partition("/")
    async with request.app[DATABASE].connection() as conn:
        found = await drift.list_drift(
            conn, min(limit or PAGE, LARGEST_PAGE), before=before, kind=kind or None, owner_id=owner_id or None
        )
    return reply({"drift": found})


async def show_quarantine(request: web.Request) -> web.Response:
    """Every owner that OVN or an invariant refuses, with the reason."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        return reply({"quarantine": await list_quarantined(conn, LARGEST_PAGE)})


def _number(request: web.Request, word: str) -> int | None:
    text = request.query.get(word)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(f"Invalid input for {word}: expected a whole number, zero or more.")
    return int(text)


ROUTES = {
    "/drift": {"GET": Route(list_drift, "network:get_drift")},
    "/quarantine": {"GET": Route(show_quarantine, "network:get_drift")},
}
