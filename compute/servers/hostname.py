"""The host name of a guest, made from the name that its server was given. Pure."""

import re

from runtime.errors import BadRequest

LONGEST = 63
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


def hostname_of(name: str, server_id: str) -> str:
    """A DNS label from `name`: lower case, spaces, dots and underscores as dashes, anything else left out.

    `server-<id>` when nothing is left.
    """
    dashed = re.sub(r"[ ._]+", "-", name.lower())
    label = re.sub(r"[^a-z0-9-]", "", dashed).strip("-")[:LONGEST].rstrip("-")
    return label or f"server-{server_id}"


def check_hostname(text: str) -> str:
    """The host name a tenant asks for; raises BadRequest unless it is one DNS label."""
    if len(text) > LONGEST or not LABEL.fullmatch(text):
        raise BadRequest("Invalid input for server.hostname: expected letters, digits and dashes, at most 63.")
    return text


def numbered(name: str, index: int, count: int) -> str:
    """The name of server `index` of `count` made by one request: `web-1`, `web-2`; alone it keeps the name."""
    return name if count == 1 else f"{name}-{index + 1}"
