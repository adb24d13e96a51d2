"""How an API is declared: its routes on one page, each with its policy rule, and the envelope of its errors."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from aiohttp import web

from runtime.attributes import is_uuid
from runtime.errors import NotFound, Problem

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PUBLIC = "public"
"""The rule of a route that answers anybody, without a token: version documents, the token route itself."""


class Route(NamedTuple):
    """`rule` is the name of a policy rule, or PUBLIC. `body` is the msgspec struct of the JSON body, if any."""

    handler: Handler
    rule: str
    body: type | None = None


def _nothing(_request: web.Request) -> None:
    return None


def _no_headers(_request: web.Request, _response: web.StreamResponse) -> None:
    return None


class Api(NamedTuple):
    """One API under its path.

    `prepare` runs before the handler and may raise a Problem (microversions live there); `finish` adds headers to
    every answer; `envelope` renders a Problem as the API's own JSON error.
    """

    name: str
    prefix: str
    routes: Mapping[str, Mapping[str, Route]]
    envelope: Callable[[Problem], dict[str, Any]]
    prepare: Callable[[web.Request], None] = _nothing
    finish: Callable[[web.Request, web.StreamResponse], None] = _no_headers


def path_uuid(request: web.Request, name: str, missing: Callable[[str], NotFound]) -> str:
    """The path variable `name` as canonical UUID text; anything else cannot exist, so it is `missing(text)`."""
    text = request.match_info[name]
    if not is_uuid(text):
        raise missing(text)
    return text.lower()
