"""What a caller may not see does not exist."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from identity.policy import allowed
from runtime.errors import NotFound


def reveal(request: web.Request, rule: str, target: Mapping[str, Any], missing: NotFound) -> None:
    """Passes when the caller may see `target` by `rule`; raises `missing` otherwise, as for an id that never was."""
    if not allowed(request, rule, target):
        raise missing
