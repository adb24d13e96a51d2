"""Reading the nouns of load balancing: one way to list and to fetch, and what all of them show of themselves.

A row is shown as PENDING while the translation has a mark of its last change. A mark is removed a moment after OVN holds
the change, and a writer reads before its commit: who knows already (`Translation.has_settled`) shows ACTIVE at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from identity.callers import caller_of
from identity.policy import authorize
from northbound.envelope import reply_page
from northbound.nouns.rows import Rows
from northbound.tags.filters import WORDS, filter_tags
from northbound.translation.service import TRANSLATION
from runtime.database import Connection
from runtime.web.keys import DATABASE
from runtime.web.listing import Attribute, Where, parse_page
from runtime.web.routes import path_uuid

DEFAULTS = {"name": "", "description": "", "tags": []}
"""What null in a change puts back."""


class Shown(Struct, frozen=True, kw_only=True):
    """What every noun has. `pending_revision` is the transaction that OVN does not hold yet, None when it holds all."""

    id: str
    project_id: str
    name: str
    admin_state_up: bool
    tags: list[str] = []
    provisioning_status: str = "ACTIVE"
    operating_status: str = "ONLINE"
    pending_revision: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


T = TypeVar("T", bound=Shown)


@dataclass(frozen=True, kw_only=True)
class Noun(Rows[T]):
    """How one noun is read; `collection` is its name on the wire."""

    collection: str

    async def read_inside(self, conn: Connection, **inside: str) -> list[T]:
        """All rows inside one parent (column=id), oldest first."""
        ((column, parent_id),) = inside.items()
        order = f"{self.alias}.created_at, {self.alias}.id"
        query = f"{self.listing.select} WHERE {self.alias}.{column} = $1 ORDER BY {order}"
        return [msgspec.convert(dict(row), self.shape) for row in await conn.fetch(query, parent_id)]

    def id_of(self, request: web.Request, name: str) -> str:
        return path_uuid(request, name, self.missing)

    async def show(self, request: web.Request, resource_id: str, **inside: str) -> T:
        """The row that a route is about, when the caller may see it and may do what the route does."""
        async with request.app[DATABASE].connection() as conn:
            found = await self.fetch(conn, resource_id, caller_of(request).reach, **inside)
        authorize(request, {"project_id": found.project_id})
        return found

    async def page(self, request: web.Request, render: Any, **inside: str) -> web.Response:
        """The answer to a list request."""
        caller = caller_of(request)
        authorize(request, {"project_id": caller.project_id})
        page, where = parse_page(request.query, self.listing, ignore=WORDS), Where()
        filter_tags(where, request.query, f"{self.alias}.tags")
        for column, parent_id in inside.items():
            where.add(f"{self.alias}.{column} = {{}}", parent_id)
        async with request.app[DATABASE].connection() as conn:
            found = await self.select(conn, page, where, caller.reach)
        return reply_page(request, self.collection, page, [render(request, one) for one in found])


def select(columns: str, table: str, alias: str, load_balancer: str, *, operating: str | None = None) -> str:
    """The SELECT of a noun: its row, `columns`, and its statuses."""
    pending = pending_sql(alias, load_balancer)
    return (
        f"SELECT {alias}.*, {columns}{', ' if columns else ''}{pending} AS pending_revision,"
        f" northbound.provisioning_status({alias}.{load_balancer}, {pending}, {alias}.revision, {alias}.updated_at)"
        f" AS provisioning_status, {operating or operating_sql(alias)} AS operating_status"
        f" FROM northbound.{table} {alias}"
    )


def pending_sql(alias: str, load_balancer: str) -> str:
    """A load balancer itself is pending while anything of it is."""
    own = "" if load_balancer == "id" else f", {alias}.revision"
    return f"northbound.pending_revision({alias}.{load_balancer}{own})"


def operating_sql(alias: str) -> str:
    return f"northbound.operating_status({alias})"


def attributes(alias: str, load_balancer: str, **more: Attribute) -> dict[str, Attribute]:
    """What every noun may be filtered and sorted by, and more."""
    provisioning = (
        f"northbound.provisioning_status({alias}.{load_balancer}, {pending_sql(alias, load_balancer)},"
        f" {alias}.revision, {alias}.updated_at)"
    )
    return {
        "id": Attribute(f"{alias}.id", "uuid"),
        "name": Attribute(f"{alias}.name"),
        "project_id": Attribute(f"{alias}.project_id"),
        "tenant_id": Attribute(f"{alias}.project_id"),
        "admin_state_up": Attribute(f"{alias}.admin_state_up", "bool"),
        "provisioning_status": Attribute(provisioning, sortable=False),
        "operating_status": Attribute(operating_sql(alias), sortable=False),
        "created_at": Attribute(f"{alias}.created_at", "time"),
        "updated_at": Attribute(f"{alias}.updated_at", "time"),
        **more,
    }


def render_shown(request: web.Request, shown: Shown) -> dict[str, Any]:
    """The attributes that every noun has."""
    return {
        "id": shown.id,
        "name": shown.name,
        "project_id": shown.project_id,
        "tenant_id": shown.project_id,
        "admin_state_up": shown.admin_state_up,
        **statuses(request, shown),
        "tags": shown.tags,
        "created_at": _time(shown.created_at),
        "updated_at": _time(shown.updated_at),
    }


def statuses(request: web.Request, shown: Shown) -> dict[str, str]:
    status, pending = shown.provisioning_status, shown.pending_revision
    if status.startswith("PENDING") and pending is not None and request.app[TRANSLATION].has_settled(pending):
        status = "ACTIVE"
    return {"provisioning_status": status, "operating_status": shown.operating_status}


def references(ids: list[str]) -> list[dict[str, str]]:
    return [{"id": one} for one in ids]


def _time(moment: datetime | None) -> str | None:
    """Octavia writes times without a zone; they are UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else None
