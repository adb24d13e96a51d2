"""What a caller may not see does not exist."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from identity.callers import caller_of
from identity.policy import allowed, authorize
from runtime.errors import NotFound
from runtime.web.listing import Where


def reveal(request: web.Request, rule: str, target: Mapping[str, Any], missing: NotFound) -> None:
    """Passes when the caller may see `target` by `rule`; raises `missing` otherwise, as for an id that never was."""
    if not allowed(request, rule, target):
        raise missing


def authorize_list(request: web.Request, where: Where) -> None:
    """Passes when the caller may list all of a collection, or what is in their domain, to which `where` is then held.

    Raises Forbidden.
    """
    domain_id = caller_of(request).domain_id
    authorize(request, {"domain_id": domain_id})
    if not allowed(request, request["route"].rule, {}):
        where.add("domain_id = {}", domain_id)
