"""The links that compute bodies carry: to a resource, and to the next page of a list."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from yarl import URL

from runtime.web.listing import Page


def links_of(request: web.Request, collection: str, identifier: str) -> list[dict[str, str]]:
    """The `self` and `bookmark` links of one resource."""
    origin, prefix = request.url.origin(), request["api"].prefix
    return [
        {"rel": "self", "href": f"{origin}{prefix}/v2.1/{collection}/{identifier}"},
        {"rel": "bookmark", "href": f"{origin}{prefix}/{collection}/{identifier}"},
    ]


def next_page(request: web.Request, name: str, page: Page, keys: Sequence[str]) -> dict[str, Any]:
    """`{"<name>_links": [...]}` when the page is full and a next one may follow, else nothing.

    `keys` are the markers of the rows of this page, in order.
    """
    if not keys or len(keys) < page.limit:
        return {}
    query = request.url.query.copy()
    query["marker"] = keys[-1]
    following = URL(f"{request.url.origin()}{request.path}").with_query(query)
    return {f"{name}_links": [{"rel": "next", "href": str(following)}]}
