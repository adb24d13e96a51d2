"""A resource that is one row of one table, in PostgreSQL.

Statements are composed of identifiers that slices declare; every value is a parameter. Constraint names become the
slice's own errors.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from northbound.nouns.rows import R, Rows
from northbound.quotas import store as quotas
from northbound.translation import marks
from runtime.database import Connection, naming
from runtime.errors import Problem
from runtime.web.listing import Attribute


def standard_attributes(**more: Attribute) -> dict[str, Attribute]:
    """The attributes of a listing that every table has, whose alias is `t`, and more."""
    return {
        "id": Attribute("t.id", "uuid"),
        "name": Attribute("t.name"),
        "project_id": Attribute("t.project_id"),
        "tenant_id": Attribute("t.project_id"),
        "revision_number": Attribute("t.revision_number", "int"),
        "created_at": Attribute("t.created_at", "time"),
        "updated_at": Attribute("t.updated_at", "time"),
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class Table(Rows[R]):
    """`columns` are what an insert writes, among them the `changing` ones, which an update writes; the listing has the table
    as `t`. `quota` is the resource that is counted, if any; `kind` the kind of owner that every write marks, if OVN
    holds anything of it.
    """

    name: str
    columns: Sequence[str]
    changing: Sequence[str]
    quota: str | None = None
    kind: str | None = None
    constraints: Mapping[str, Callable[[R], Problem]] = field(default_factory=dict)

    async def fetch_locked(self, conn: Connection, resource_id: str, reach: str | None) -> R:
        """As fetch; nobody else changes the resource, or comes to refer to it, until the transaction ends."""
        await conn.execute(f"SELECT FROM {self.name} WHERE id = $1 FOR UPDATE", resource_id)
        return await self.fetch(conn, resource_id, reach)

    async def fetch_kept(self, conn: Connection, resource_id: str, reach: str | None) -> R:
        """As fetch; nobody deletes the resource, or withdraws a grant on it, until the transaction ends.

        Whoever withdraws a grant holds the resource locked (`fetch_locked`).
        """
        await conn.execute(f"SELECT FROM {self.name} WHERE id = $1 FOR KEY SHARE", resource_id)
        return await self.fetch(conn, resource_id, reach)

    async def read(self, conn: Connection, ids: Sequence[str]) -> list[R]:
        """Those of the ids that exist, in no order: what the translation plans from."""
        rows = await conn.fetch(f"{self.listing.select} WHERE t.id = ANY($1::uuid[])", list(ids))
        return [msgspec.convert(dict(row), self.shape) for row in rows]

    async def insert(self, conn: Connection, draft: R) -> None:
        """Raises OverQuota and what `constraints` name."""
        with self._naming(draft):
            await self.insert_all(conn, [draft])

    async def insert_all(self, conn: Connection, drafts: Sequence[R]) -> None:
        """Inserts any number in the same few statements; raises OverQuota, and leaves `constraints` unnamed."""
        names = ", ".join(self.columns)
        rows = [dict(zip(self.columns, _values(draft, self.columns), strict=True)) for draft in drafts]
        await conn.execute(
            f"INSERT INTO {self.name} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{self.name}, $1)",
            rows,
        )
        if self.kind:
            await marks.mark(conn, self.kind, *(draft.id for draft in drafts))
        if self.quota:
            for project_id, amount in sorted(Counter(draft.project_id for draft in drafts).items()):
                await quotas.take(conn, project_id, self.quota, amount)

    async def update(self, conn: Connection, _before: R, after: R) -> None:
        """Writes the changing columns and raises the revision; the caller holds the lock since it read `before`."""
        assignments = [f"{column} = ${number}" for number, column in enumerate(self.changing, start=2)]
        with self._naming(after):
            await conn.execute(
                f"UPDATE {self.name} SET"
                f" {', '.join([*assignments, 'revision_number = revision_number + 1', 'updated_at = now()'])}"
                " WHERE id = $1",
                after.id,
                *_values(after, self.changing),
            )
        await self._mark(conn, after)

    async def touch(self, conn: Connection, resource_id: str) -> None:
        """Raises the revision of a resource whose parts changed, and marks it."""
        await conn.execute(
            f"UPDATE {self.name} SET revision_number = revision_number + 1, updated_at = now() WHERE id = $1",
            resource_id,
        )
        if self.kind:
            await marks.mark(conn, self.kind, resource_id)

    async def delete(self, conn: Connection, resource: R) -> None:
        """Raises what `constraints` name when something still refers to the resource."""
        with self._naming(resource):
            await conn.execute(f"DELETE FROM {self.name} WHERE id = $1", resource.id)
        await self._mark(conn, resource)
        if self.quota:
            await quotas.give_back(conn, resource.project_id, self.quota)

    def _naming(self, resource: R) -> Any:
        return naming({name: lambda make=make: make(resource) for name, make in self.constraints.items()})

    async def _mark(self, conn: Connection, resource: R) -> None:
        if self.kind:
            await marks.mark(conn, self.kind, resource.id)


def _values(resource: Any, columns: Sequence[str]) -> list[Any]:
    return [getattr(resource, column) for column in columns]
