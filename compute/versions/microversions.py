"""Which microversion a request speaks: read before the handler, answered with every response.

`prepare` and `finish` are the compute Api's hooks. A handler asks `at_least(request, 47)`; only the minor number is
ever looked at, because the major one is 2 for ever.
"""

import re
from collections.abc import Mapping

import msgspec
from aiohttp import web

from runtime.attributes import given
from runtime.errors import BadRequest, NotAcceptable, NotFound

OLDEST, NEWEST = 1, 96
LEGACY_HEADER = "X-OpenStack-Nova-API-Version"
HEADER = "OpenStack-API-Version"
NUMBER = re.compile(r"2\.(0|[1-9][0-9]{0,4})")


def prepare(request: web.Request) -> None:
    """Puts the minor number that the request asks for into `request["microversion"]`; the oldest without a header.

    Raises BadRequest for what is not a version and NotAcceptable for one outside OLDEST..NEWEST.
    """
    request["microversion"] = parse(_header(request))


def parse(text: str | None) -> int:
    """The minor number of `2.N` or `latest`; None is the oldest."""
    if text is None:
        return OLDEST
    if text == "latest":
        return NEWEST
    if not re.fullmatch(r"[0-9]{1,5}\.[0-9]{1,5}", text):
        raise BadRequest(f"API Version String '{text[:64]}' is of invalid format. Must be of format MajorNum.MinorNum.")
    match = NUMBER.fullmatch(text)
    if match is None or not OLDEST <= int(match[1]) <= NEWEST:
        raise NotAcceptable(
            f"Version {text} is not supported by the API. Minimum is 2.{OLDEST} and maximum is 2.{NEWEST}."
        )
    return int(match[1])


def _header(request: web.Request) -> str | None:
    for value in ",".join(request.headers.getall(HEADER, [])).split(","):
        service, _, version = value.strip().partition(" ")
        if service.lower() == "compute":
            return version.strip()
    return request.headers.get(LEGACY_HEADER)


def finish(request: web.Request, response: web.StreamResponse) -> None:
    """Says which version was spoken; an answer to an unusable version says only what the answer depends on."""
    if "microversion" in request:
        spoken = f"2.{request['microversion']}"
        response.headers[HEADER] = f"compute {spoken}"
        response.headers[LEGACY_HEADER] = spoken
    response.headers["Vary"] = f"{HEADER}, {LEGACY_HEADER}, X-Auth-Token"


def at_least(request: web.Request, minor: int) -> bool:
    return request["microversion"] >= minor


def require(request: web.Request, minor: int) -> None:
    """Raises NotFound where the route did not exist yet in the version that the request speaks."""
    if not at_least(request, minor):
        raise NotFound("The resource could not be found.")


def refuse_until(request: web.Request, body: msgspec.Struct, since: Mapping[str, int], where: str) -> None:
    """Raises BadRequest for an attribute of `body` that is younger than the version the request speaks.

    `since` maps the wire names of attributes to the minor number that brought them.
    """
    for name in given(body):
        if not at_least(request, since.get(name, OLDEST)):
            raise BadRequest(f"Invalid input for {where}.{name}: needs microversion 2.{since[name]} or later.")
