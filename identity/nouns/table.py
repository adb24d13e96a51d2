"""A noun that is one row of one table, in PostgreSQL.

Statements are composed of identifiers that slices declare; every value is a parameter. Constraint names become errors
in the API's words. Attributes that the API does not know are kept in the column `extra`, where a table has one.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from identity.audit.acts import creates
from identity.bodies import merge_extra
from identity.nouns.options import merge_options, refuse_delete, refuse_update
from runtime.database import Connection, naming
from runtime.errors import BadRequest, NotFound, Problem
from runtime.web.listing import Listing

Row = Mapping[str, Any]
Refusals = Mapping[str, Callable[[Row], Problem]]
"""The name of a constraint, and the error that it stands for, made of the row that was refused."""


def no_such(attribute: str, what: str) -> Callable[[Row], Problem]:
    """What answers a reference to nothing: `no_such("endpoint.service_id", "service")`."""
    return lambda _row: BadRequest(f"Invalid input for {attribute}: no such {what}.")


@dataclass(frozen=True, kw_only=True)
class Table:
    """`noun` is the key of a row on the wire; `columns` are written as they are sent, `fixed` ones only at the beginning.

    A column that is left out keeps its value, at the beginning its default; a description that is null is empty.
    A table with the column `options` has rows that can be made immutable.
    `refusals` answer what is written, `holders` a deletion that something stands in the way of.
    `there` is the SQL of whether a row that is in the table counts as being there.
    """

    name: str
    noun: str
    listing: Listing
    columns: Sequence[str]
    fixed: Sequence[str] = ()
    refusals: Refusals = field(default_factory=dict)
    holders: Refusals = field(default_factory=dict)
    there: str = "true"

    def missing(self, row_id: str) -> NotFound:
        return NotFound(f"Could not find {self.noun.replace('_', ' ')}: {row_id[:64]}.")

    async def insert(self, connection: Connection, draft: Row, extra: Row | None = None) -> Row:
        """The new row; its id is made up unless the draft has one."""
        values = self._written({"id": uuid.uuid4().hex, **draft}, extra)
        places = ", ".join(f"${number}" for number, _ in enumerate(values, start=1))
        creates(values["id"])
        with _refusing(self.refusals, draft):
            return await connection.fetchrow(
                f"INSERT INTO {self.name} ({', '.join(values)}) VALUES ({places}) RETURNING *", *values.values()
            )

    async def find(self, connection: Connection, row_id: str) -> Row | None:
        return await connection.fetchrow(f"SELECT * FROM {self.name} WHERE id = $1 AND {self.there}", row_id)

    async def find_where(self, connection: Connection, **equal: Any) -> Row | None:
        """The first row, by id, whose columns have these values, none of them null."""
        conditions = " AND ".join(f"{column} = ${number}" for number, column in enumerate(equal, start=1))
        statement = f"SELECT * FROM {self.name} WHERE {conditions} AND {self.there} ORDER BY id LIMIT 1"
        return await connection.fetchrow(statement, *equal.values())

    async def fetch(self, connection: Connection, row_id: str) -> Row:
        """Raises NotFound."""
        if (row := await self.find(connection, row_id)) is None:
            raise self.missing(row_id)
        return row

    async def fetch_locked(self, connection: Connection, row_id: str) -> Row:
        """As fetch; nobody else changes the row, or comes to refer to it, until the transaction ends."""
        statement = f"SELECT * FROM {self.name} WHERE id = $1 AND {self.there} FOR UPDATE"
        if (row := await connection.fetchrow(statement, row_id)) is None:
            raise self.missing(row_id)
        return row

    async def update(self, connection: Connection, row_id: str, changes: Row, extra: Row | None = None) -> Row:
        """The row after the change; extra attributes are added to those it has. Raises BadRequest for a fixed column."""
        row = await self.fetch_locked(connection, row_id)
        refuse_update(self.noun, row, {**changes, **(extra or {})})
        for column in self.fixed:
            if changes.get(column, row[column]) != row[column]:
                raise BadRequest(f"Invalid input for {self.noun}.{column}: it cannot be changed.")
        if "options" in changes:
            changes = {**changes, "options": merge_options(row["options"], changes["options"])}
        values = self._written(changes, merge_extra(row["extra"], extra) if extra else None)
        values.pop("id", None)
        if not values:
            return row
        assignments = ", ".join(f"{column} = ${number}" for number, column in enumerate(values, start=2))
        with _refusing(self.refusals, {**row, **changes}):
            return await connection.fetchrow(
                f"UPDATE {self.name} SET {assignments} WHERE id = $1 RETURNING *", row_id, *values.values()
            )

    async def delete(self, connection: Connection, row_id: str) -> None:
        """Raises NotFound, Forbidden for what is immutable, and what `holders` say."""
        refuse_delete(self.noun, await self.fetch_locked(connection, row_id))
        with _refusing(self.holders, {"id": row_id}):
            await connection.execute(f"DELETE FROM {self.name} WHERE id = $1", row_id)

    def _written(self, values: Row, extra: Row | None) -> dict[str, Any]:
        """Column -> value, of columns that there are."""
        written = {column: values[column] for column in ("id", *self.columns) if column in values}
        if "description" in written:
            written["description"] = written["description"] or ""
        if "options" in written:
            written["options"] = merge_options({}, written["options"])
        return written | ({"extra": extra} if extra else {})


def _refusing(refusals: Refusals, row: Row) -> Any:
    return naming({constraint: lambda make=make: make(row) for constraint, make in refusals.items()})
