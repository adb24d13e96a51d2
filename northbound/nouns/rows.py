"""Resources read from PostgreSQL: a listing of them, and one by its id, as far as the caller may see them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from runtime.database import Connection
from runtime.errors import NotFound
from runtime.web.listing import Listing, Page, Where, compile_listing


class Identified(Protocol):
    id: str
    project_id: str
    created_at: datetime | None
    updated_at: datetime | None


R = TypeVar("R", bound=Identified)


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[R]):
    """`listing` selects every attribute of `shape`, the resource's own row as `alias`.

    `visible` is the SQL of what a project sees, with the project as its one parameter; None: what it owns. `listing_for`
    is `listing` as the project at a place such as `$1` sees it, where that differs.
    """

    shape: type[R]
    listing: Listing
    missing: Callable[[str], NotFound]
    alias: str = "t"
    visible: str | None = None
    listing_for: Callable[[str], Listing] | None = None

    async def fetch(self, conn: Connection, resource_id: str, reach: str | None, **inside: str) -> R:
        """The resource if `reach` (see `Caller.reach`) may see it and it is inside the parents named (column=id); else
        raises what `missing` makes."""
        where = Where()
        where.add(f"{self.alias}.id = {{}}", resource_id)
        for column, parent_id in inside.items():
            where.add(f"{self.alias}.{column} = {{}}", parent_id)
        found = await self.select(conn, Page(), where, reach)
        if not found:
            raise self.missing(resource_id)
        return found[0]

    async def select(self, conn: Connection, page: Page, where: Where, reach: str | None) -> list[R]:
        listing = self.listing
        if reach is not None:
            where.add(self.visible or f"{self.alias}.project_id = {{0}}", reach)
            listing = self.listing_for(where.bind(reach)) if self.listing_for else listing
        sql, values = compile_listing(listing, page, where)
        return [msgspec.convert(dict(row), self.shape) for row in await conn.fetch(sql, *values)]
