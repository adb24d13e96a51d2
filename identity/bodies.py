"""Identity's request bodies: what they share, and the attributes of a tenant's own that Keystone keeps beside them.

A noun's struct names the attributes that mean something here; any other (a user's e-mail, say) is kept in `extra`
and given back as it came. Route.body is a struct with one field, the noun.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from runtime.attributes import given
from runtime.errors import BadRequest
from runtime.web.bodies import read_body, read_raw

LongName = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")]
ShortName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"\S")]
Text = Annotated[str, Meta(max_length=4096)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
LARGEST_EXTRA_BYTES = 8192
NEVER_EXTRA = frozenset({"id", "links", "extra"})


class Open(msgspec.Struct, kw_only=True):
    """What a noun's struct inherits: attributes it does not name are extra, and no error."""


async def read_noun(request: web.Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """(attributes sent, extra attributes sent) of the one noun in the body.

    Raises BadRequest for what the route's struct refuses, for an attempt to choose an id (naming that of the path is none), and for too much extra.
    """
    body = await read_body(request)
    (noun,) = (field.name for field in msgspec.structs.fields(body))
    known = given(getattr(body, noun))
    names = {field.encode_name for field in msgspec.structs.fields(getattr(body, noun))}
    sent = msgspec.json.decode(await read_raw(request))[noun]
    extra = {key: value for key, value in sent.items() if key not in names}
    if extra.get("id") in request.match_info.values():
        del extra["id"]
    if refused := NEVER_EXTRA & extra.keys():
        raise BadRequest(f"Invalid input for {noun}.{min(refused)}: it cannot be set.")
    if "options" in known:
        known["options"] = given(known["options"])
    return known, merge_extra({}, extra)


def merge_extra(present: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The extra attributes after a change. Raises BadRequest when they take too much room."""
    merged = {**present, **sent}
    if len(msgspec.json.encode(merged)) > LARGEST_EXTRA_BYTES:
        raise BadRequest(f"Attributes beyond those of the API may take {LARGEST_EXTRA_BYTES} bytes in all.")
    return merged
