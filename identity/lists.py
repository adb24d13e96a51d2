"""Lists of the identity API: Keystone's comparisons (`name__contains=x`) beside the filters of every list."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from identity.links import linked_all, reply_list
from runtime.errors import BadRequest
from runtime.web.keys import DATABASE
from runtime.web.listing import Listing, Where, compile_listing, parse_page

COMPARISONS = {
    "contains": "strpos({sql}, {text}) > 0",
    "icontains": "strpos(lower({sql}), lower({text})) > 0",
    "startswith": "starts_with({sql}, {text})",
    "istartswith": "starts_with(lower({sql}), lower({text}))",
    "endswith": "right({sql}, length({text})) = {text}",
    "iendswith": "right(lower({sql}), length({text})) = lower({text})",
}
"""What follows the two underscores, and its SQL. The text is compared as it stands: nothing in it is a wildcard."""


async def reply_listing(
    request: web.Request,
    collection: str,
    listing: Listing,
    render: Callable[[Mapping[str, Any]], dict[str, Any]],
    where: Where | None = None,
    *,
    ignore: frozenset[str] = frozenset(),
    path: str | None = None,
) -> web.Response:
    """One page of what `where` leaves of the listing; `ignore` holds words of the query that the caller has read.

    `path` is the place of the collection below /v3, where that is not its key.
    """
    where = where or Where()
    compared = compare(request.query, listing, where)
    page = parse_page(request.query, listing, ignore=ignore | compared)
    statement, values = compile_listing(listing, page, where)
    async with request.app[DATABASE].connection() as connection:
        rows = await connection.fetch(statement, *values)
    return reply_list(request, collection, linked_all(request, path or collection, map(render, rows)), page)


def compare(query: MultiMapping[str], listing: Listing, where: Where) -> frozenset[str]:
    """Adds the comparisons of the query to `where`; returns the words that were read."""
    read = {name for name in query if "__" in name}
    for word in sorted(read):
        name, _, comparison = word.rpartition("__")
        attribute = listing.attributes.get(name)
        if attribute is None or attribute.kind != "text" or comparison not in COMPARISONS:
            raise BadRequest(f"Filtering by '{word[:64]}' is not supported.")
        for text in query.getall(word):
            if "\x00" in text:
                raise BadRequest(f"Invalid input for {word}: NUL characters are not accepted.")
            sql = COMPARISONS[comparison].format(sql=attribute.sql, text=f"{where.bind(text)}::text")
            where.predicates.append(sql)
    return frozenset(read)
