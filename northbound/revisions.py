"""`If-Match: revision_number=N`: a change that is made only to the resource as its client last saw it.

Checked in one place, for every PUT and DELETE (`writes.writing`): the row is locked and its revision read before the
handler starts, and compared after the handler has found the resource visible and the change allowed, so that a
stranger learns nothing. Source: Networking API v2.0, extension revision-if-match.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from aiohttp import web

from northbound.nouns.known import NOUNS
from northbound.tags.resources import TAGGABLE
from runtime.attributes import is_uuid
from runtime.database import Connection
from runtime.errors import BadRequest, PreconditionFailed

TABLES = {
    **{path.rpartition("/")[2]: taggable.table for path, taggable in TAGGABLE.items()},
    **{noun.path.rpartition("/")[2]: noun.table.name for noun in NOUNS},
    "security-group-rules": "northbound.security_group_rules",
}
"""Where the resources of a collection live, by the last part of its path: a table with `id` and `revision_number`."""

CONSTRAINT = re.compile(r"revision_number=(\d{1,18})")


class RevisionNumberConstraintFailed(PreconditionFailed):
    def __init__(self, expected: int, current: int) -> None:
        super().__init__(f"Constrained to {expected}, but current revision is {current}")


@dataclass(frozen=True, slots=True)
class Constraint:
    """`current` None: there is no such resource, which the handler says itself."""

    expected: int
    current: int | None

    def check(self) -> None:
        """Raises RevisionNumberConstraintFailed when the resource is no longer what the client saw."""
        if self.current not in (None, self.expected):
            raise RevisionNumberConstraintFailed(self.expected, self.current)


UNCONSTRAINED = Constraint(0, None)


async def hold(request: web.Request, conn: Connection) -> Constraint:
    """The constraint that the request states; its resource stays as it is until the transaction ends.

    Raises BadRequest for a header that says something else, or for a resource that has no revisions.
    """
    text = request.headers.get("If-Match")
    if text is None or request.method not in ("PUT", "DELETE"):
        return UNCONSTRAINED
    stated = CONSTRAINT.fullmatch(text.strip())
    if stated is None:
        raise BadRequest("Invalid input for If-Match: expected revision_number=N.")
    named = constrained_resource(request.match_info.route.resource.canonical)
    if named is None:
        raise BadRequest("Revision matching not supported for this resource.")
    collection, variable = named
    resource_id = request.match_info[variable]
    if not is_uuid(resource_id):
        return UNCONSTRAINED
    query = f"SELECT revision_number FROM {TABLES[collection]} WHERE id = $1 FOR UPDATE"
    return Constraint(int(stated[1]), await conn.fetchval(query, resource_id.lower()))


def constrained_resource(path: str) -> tuple[str, str] | None:
    """(collection, path variable of the id) that a constraint on a route is about: the innermost that has revisions.

    `/v2.0/routers/{router_id}/add_router_interface` is about the router. None when no part of the path has revisions.
    """
    found = [
        (collection, variable[1:-1])
        for collection, variable in pairwise(path.split("/"))
        if variable.startswith("{") and collection in TABLES
    ]
    return found[-1] if found else None
