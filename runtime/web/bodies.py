"""JSON in and out: decoded and checked in one step, every error naming its attribute."""

from functools import lru_cache
from typing import Any

import msgspec
from aiohttp import web

from runtime.attributes import decode_scalar, encode_scalar
from runtime.errors import BadRequest, UnsupportedMediaType

ESCAPED_NUL = b"\\u0000"


async def read_body(request: web.Request) -> Any:
    """The body as the struct that the route declares (`Route.body`).

    Raises BadRequest with the path of the attribute for anything else: not JSON, a wrong type, an unknown
    attribute, a NUL character (which PostgreSQL cannot store).
    """
    return decode(await read_raw(request), request["route"].body)


async def read_raw(request: web.Request) -> bytes:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Encoded request bodies are not accepted; send the JSON as it is.")
    return await request.read()


def decode(raw: bytes, shape: Any) -> Any:
    if ESCAPED_NUL in raw:
        raise BadRequest("NUL characters are not accepted in any attribute.")
    try:
        return _decoder(shape).decode(raw)
    except msgspec.ValidationError as error:
        raise BadRequest(describe(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.") from error


def describe(error: msgspec.ValidationError) -> str:
    """`Invalid input for port.name: expected str, got int.` from msgspec's own words."""
    what, _, where = str(error).replace("`", "").partition(" - at $")
    where = where.lstrip(".")
    what = what[:1].lower() + what[1:]
    return f"Invalid input for {where}: {what}." if where else f"Invalid input: {what}."


@lru_cache(maxsize=512)
def _decoder(shape: Any) -> msgspec.json.Decoder:
    return msgspec.json.Decoder(shape, dec_hook=decode_scalar)


def reply(content: Any, status: int = 200) -> web.Response:
    raw = msgspec.json.encode(content, enc_hook=encode_scalar)
    return web.Response(status=status, body=raw, content_type="application/json")


def no_content() -> web.Response:
    return web.Response(status=204)
