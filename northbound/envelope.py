"""How the network API wraps what it says: `{"port": {...}}`, `{"ports": [...], "ports_links": [...]}`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from runtime.attributes import Body
from runtime.errors import BadRequest
from runtime.web.bodies import decode, read_raw, reply
from runtime.web.listing import Page

MOST_AT_ONCE = 100
"""Resources in one bulk request."""


async def read_drafts(request: web.Request, one: str, many: str) -> Any:
    """The create body, as `read_body`; each resource of a list may come in an envelope of its own, as Neutron has it."""
    raw, shape = await read_raw(request), request["route"].body
    try:
        return decode(raw, shape)
    except BadRequest:
        bare = _unwrapped(raw, one, many)
        if bare is None:
            raise
    return decode(bare, shape)


def _unwrapped(raw: bytes, one: str, many: str) -> bytes | None:
    """The body whose listed resources have no envelopes; None when they had none, or it is no such body."""
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    listed = body.get(many) if isinstance(body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(item, dict) and item.keys() == {one} for item in listed):
        return None
    return msgspec.json.encode({**body, many: [item[one] for item in listed]})


def drafts(body: Body, one: str, many: str) -> Sequence[Any]:
    """The resources that a create body asks for: the one, or the list."""
    single, several = getattr(body, one), getattr(body, many)
    if (single is UNSET) == (several is UNSET):
        raise BadRequest(f"Invalid input: expected either '{one}' or '{many}'.")
    if several is UNSET:
        return [single]
    if not 1 <= len(several) <= MOST_AT_ONCE:
        raise BadRequest(f"Invalid input for {many}: expected 1 to {MOST_AT_ONCE} of them.")
    return several


def reply_one(request: web.Request, name: str, rendered: Mapping[str, Any], status: int = 200) -> web.Response:
    return reply({name: pick(request, rendered)}, status)


def reply_created(body: Body, one: str, many: str, rendered: Sequence[Mapping[str, Any]]) -> web.Response:
    """201 in the shape of the request: one, or a list."""
    return reply({one: rendered[0]} if getattr(body, many) is UNSET else {many: rendered}, 201)


def reply_page(request: web.Request, name: str, page: Page, rendered: Sequence[Mapping[str, Any]]) -> web.Response:
    """A list with the links to what follows and precedes, when the client asked for pages.

    Only a page that is not full is known to be the last one in its direction, as Neutron has it.
    """
    shown = list(reversed(rendered)) if page.reverse else list(rendered)
    content: dict[str, Any] = {name: [pick(request, item) for item in shown]}
    if "limit" in request.query and (links := _links(request, page, shown)):
        content[f"{name}_links"] = links
    return reply(content)


def _links(request: web.Request, page: Page, shown: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """A link without marker begins at the end that it points away from: what else could an empty page say."""
    links, is_last = [], len(shown) < page.limit
    if page.reverse or not is_last:
        links.append({"rel": "next", "href": _href(request, **({"marker": shown[-1]["id"]} if shown else {}))})
    if not (page.reverse and is_last):
        marker = {"marker": shown[0]["id"]} if shown else {}
        links.append({"rel": "previous", "href": _href(request, **marker, page_reverse="True")})
    return links


def _href(request: web.Request, **words: str) -> str:
    url = request.url
    query = [(key, value) for key, value in url.query.items() if key not in ("marker", "page_reverse")]
    return str(url.with_query([*query, *words.items()]))


def pick(request: web.Request, rendered: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attributes that `fields` names, all of them when it names none."""
    fields = request.query.getall("fields", [])
    return {key: value for key, value in rendered.items() if key in fields} if fields else rendered


def time_text(moment: datetime | None) -> str | None:
    """A moment, which is in UTC as all of ours are, to the second."""
    return f"{moment.isoformat()[:19]}Z" if moment else None
