"""Which servers a list asks for: scope, filters, order, page, compiled to one bounded statement.

Filters that would tell a tenant about hosts are read for administrators alone, and do nothing for others.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import asyncpg
from aiohttp import web
from msgspec import Struct
from multidict import MultiMapping

from compute.servers.server import Server, parse_server
from compute.servers.states import states_of
from compute.versions.microversions import at_least
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.listing import (
    Attribute,
    Listing,
    Page,
    Where,
    compile_listing,
    parse_page,
)

STRICT_QUERY_SINCE = 75
STRICT_STATUS_SINCE = 38
LONGEST_PATTERN = 64
PATTERN_CHARACTERS = re.compile(r"[][\\^$.|?*+(){}]")

LISTING = Listing(
    select="SELECT server.* FROM compute.servers AS server",
    attributes={
        "id": Attribute("server.id", "uuid"),
        "uuid": Attribute("server.id", "uuid"),
        "name": Attribute("server.name"),
        "display_name": Attribute("server.name"),
        "hostname": Attribute("server.hostname"),
        "created_at": Attribute("server.created_at", "time"),
        "updated_at": Attribute("server.updated_at", "time"),
        "launched_at": Attribute("server.launched_at", "time"),
        "vm_state": Attribute("server.vm_state"),
        "task_state": Attribute("server.task_state"),
        "key_name": Attribute("server.key_name"),
        "project_id": Attribute("server.project_id"),
        "user_id": Attribute("server.user_id"),
        "availability_zone": Attribute("server.availability_zone"),
    },
)
EQUALS = {
    "uuid": "server.id::text = {}",
    "flavor": "server.flavor->>'id' = {}",
    "image": "server.image->>'id' = {}",
    "hostname": "server.hostname = {}",
    "vm_state": "server.vm_state = {}",
    "task_state": "server.task_state = {}",
    "key_name": "server.key_name = {}",
    "user_id": "server.user_id = {}",
    "description": "server.description = {}",
    "reservation_id": "server.reservation_id = {}",
}
FOR_OPERATORS = {
    "host": "server.host = {}",
    "node": "server.host = {}",
    "instance_name": "'instance-' || server.id = {}",
}
READ_HERE = frozenset(
    {*EQUALS, *FOR_OPERATORS}
    | {"name", "status", "all_tenants", "project_id", "tenant_id", "availability_zone", "deleted", "locked"}
    | {"changes-since", "changes-before", "tags", "config_drive"}
)
TRUE_WORDS = ("1", "t", "true", "on", "y", "yes", "")


class Scope(Struct, frozen=True):
    """Whose servers: `project_id` None is everybody's. `operator` may filter by host."""

    project_id: str | None
    operator: bool


def wants_everybody(query: MultiMapping[str]) -> bool:
    """Whether the query asks for more than the caller's own project, which needs its own rule."""
    foreign = "project_id" in query or "tenant_id" in query
    return foreign or query.get("all_tenants", "0").lower() in TRUE_WORDS


async def select(conn: Connection, request: web.Request, scope: Scope) -> tuple[Page, list[Server]]:
    """The page that the request asks for, newest first unless it says otherwise."""
    page = _parse_page(request)
    where = Where()
    if scope.project_id is not None:
        where.add("server.project_id = {}", scope.project_id)
    _filter(request, where, scope)
    sql, values = compile_listing(LISTING, page, where)
    try:
        return page, [parse_server(row) for row in await conn.fetch(sql, *values)]
    except asyncpg.InvalidRegularExpressionError as error:
        raise BadRequest("Invalid input for name: not a valid regular expression.") from error


def _parse_page(request: web.Request) -> Page:
    query = request.query
    ignored = READ_HERE if at_least(request, STRICT_QUERY_SINCE) else READ_HERE | frozenset(query)
    page = parse_page(query, LISTING, ignore=ignored)
    if not page.sort:
        page.sort = [("created_at", True)]
    return page


def _filter(request: web.Request, where: Where, scope: Scope) -> None:
    query = request.query
    equals = EQUALS | FOR_OPERATORS if scope.operator else EQUALS
    for word, predicate in equals.items():
        if word in query:
            where.add(predicate, query[word])
    if name := query.get("name"):
        _filter_name(where, name)
    if "status" in query:
        _filter_status(request, where, query.getall("status"))
    if zone := query.get("availability_zone"):
        where.add("(SELECT host.availability_zone FROM compute.hosts AS host WHERE host.name = server.host) = {}", zone)
    if "tags" in query:
        where.add("server.tags @> {}::text[]", query["tags"].split(","))
    for word, operator in (("changes-since", ">="), ("changes-before", "<=")):
        if word in query:
            where.add(f"server.updated_at {operator} {{}}", _parse_time(word, query[word]))
    for word in ("deleted", "locked", "config_drive"):
        if query.get(word, "0").lower() in ("1", "t", "true", "on", "y", "yes") and (
            word != "deleted" or scope.operator
        ):
            where.predicates.append("false")


def _filter_name(where: Where, name: str) -> None:
    """A part of the name; what holds pattern characters is a regular expression of PostgreSQL, and short."""
    if not PATTERN_CHARACTERS.search(name):
        where.add("strpos(server.name, {}) > 0", name)
        return
    if len(name) > LONGEST_PATTERN:
        raise BadRequest(f"Invalid input for name: a regular expression has at most {LONGEST_PATTERN} characters.")
    # The second half does not look at a row: a bad pattern is refused though nothing is there to be matched.
    where.add("server.name ~ {0} AND ('' ~ {0}) IS NOT NULL", name)


def _filter_status(request: web.Request, where: Where, statuses: Sequence[str]) -> None:
    predicates: list[str] = []
    for status in statuses:
        vm_states, task_states = states_of(status)
        if not vm_states and at_least(request, STRICT_STATUS_SINCE):
            raise BadRequest(f"Invalid input for status: {status[:64]} is not a status.")
        task = (
            "coalesce(server.task_state, '') <> ALL({}::text[])"
            if task_states is None
            else "server.task_state = ANY({}::text[])"
        )
        bound = [where.bind(vm_states), where.bind(task_states or ["rebooting", "rebooting_hard"])]
        predicates.append(f"(server.vm_state = ANY({bound[0]}::text[]) AND {task.format(bound[1])})")
    where.predicates.append(" OR ".join(predicates))


def _parse_time(word: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"Invalid input for {word}: expected a time like 2026-11-21T10:00:00Z.") from error
