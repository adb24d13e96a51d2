"""Names of providers, protocols and mappings, which operators choose: they stand in paths."""

import re

from aiohttp import web
from msgspec import UnsetType

from runtime.errors import BadRequest

NAME = re.compile(r"[^/?#\s\x00-\x1f]{1,64}")


def name_in_path(request: web.Request, variable: str, sent: str | UnsetType) -> str:
    """The name that the path gives. Raises BadRequest for one that is none, and for a body that names another."""
    name = request.match_info[variable]
    if not NAME.fullmatch(name):
        raise BadRequest(f"Invalid input for {variable}: expected 1 to 64 characters without spaces, /, ? and #.")
    if not isinstance(sent, UnsetType) and sent != name:
        raise BadRequest(f"Invalid input for id: it is '{name}', as the path says.")
    return name
