"""Where a resource is found: the links in every answer of the identity API."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from runtime.web.bodies import reply
from runtime.web.listing import Page

PREFIX = "/identity"


def api_address(request: web.Request) -> str:
    """The address of this API as the client knows it, without a trailing slash and without `/v3`."""
    return request.app[IDENTITY].settings.public_url or f"{request.url.origin()}{PREFIX}"


def linked(request: web.Request, collection: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with a link to the resource itself; they hold its `id`."""
    address = f"{api_address(request)}/v3/{collection}/{attributes['id']}"
    return {**attributes, "links": {"self": address}}


def reply_list(
    request: web.Request, collection: str, items: Sequence[Mapping[str, Any]], page: Page | None = None
) -> web.Response:
    """`{collection: [...], links: {...}}`, with a link to the next page when this one is full."""
    links: dict[str, str | None] = {"self": _here(request), "previous": None, "next": None}
    if page is not None and len(items) == page.limit:
        links["next"] = _here(request, marker=items[-1]["id"])
    return reply({collection: items, "links": links})


def linked_all(request: web.Request, collection: str, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [linked(request, collection, attributes) for attributes in items]


def _here(request: web.Request, **query: str) -> str:
    address = api_address(request) + request.path.removeprefix(PREFIX)
    text = request.rel_url.update_query(query).query_string if query else request.query_string
    return f"{address}?{text}" if text else address
