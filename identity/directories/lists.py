"""Lists of users and groups of a domain that a directory keeps: whom it has now, then as any other list."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from multidict import MultiMapping

from identity.callers import caller_of
from identity.policy import allowed
from runtime.web.listing import Where

Refresh = Callable[[str, MultiMapping[str]], Awaitable[list[str] | None]]


async def narrow_to_directory(request: web.Request, refresh: Refresh, where: Where) -> frozenset[str]:
    """When the list is of one domain, and a directory keeps it: leaves those whom `refresh` found there.

    The caller has passed the route's rule, at least for their own domain; nobody has another's directory asked.
    Returns the words of the query that the directory answered, in whose comparison of names it has the last word. A
    list over several domains shows those of their users who were asked for before.
    """
    domain_id = _domain_of(request)
    found = await refresh(domain_id, request.query) if domain_id else None
    if found is None:
        return frozenset()
    where.add("id = ANY({}::text[])", found)
    return frozenset({"name"})


def _domain_of(request: web.Request) -> str | None:
    """The one domain that the list is of: the query's, else that of a caller who sees no other."""
    rule = request["route"].rule
    named = request.query.getall("domain_id", [])
    if not named and not allowed(request, rule, {}):
        return caller_of(request).domain_id
    return named[0] if len(named) == 1 and allowed(request, rule, {"domain_id": named[0]}) else None
