"""Two nouns that have to do with each other: one row of one table, there or not, in PostgreSQL.

Statements are composed of identifiers that slices declare; every value is a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.database import Connection, naming
from runtime.errors import NotFound, Problem


@dataclass(frozen=True, kw_only=True)
class Association:
    """`missing` makes the error for an association that is not there; `gone` the one of each constraint that is broken
    when a side went away meanwhile. Both sides are proved to exist before."""

    name: str
    missing: Callable[[Mapping[str, Any]], NotFound]
    gone: Mapping[str, Callable[[], Problem]] = field(default_factory=dict)

    async def insert(self, connection: Connection, **sides: Any) -> None:
        """Idempotent."""
        places = ", ".join(f"${number}" for number, _ in enumerate(sides, start=1))
        with naming(self.gone):
            await connection.execute(
                f"INSERT INTO {self.name} ({', '.join(sides)}) VALUES ({places}) ON CONFLICT DO NOTHING",
                *sides.values(),
            )

    async def check(self, connection: Connection, **sides: Any) -> None:
        """Raises what `missing` makes."""
        conditions, values = _equal(sides)
        if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {self.name} WHERE {conditions})", *values):
            raise self.missing(sides)

    async def delete(self, connection: Connection, **sides: Any) -> None:
        """Raises what `missing` makes."""
        conditions, values = _equal(sides)
        if await connection.fetchval(f"DELETE FROM {self.name} WHERE {conditions} RETURNING true", *values) is None:
            raise self.missing(sides)


def _equal(sides: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """(conditions, parameters); None is a column that is null."""
    known = [column for column, value in sides.items() if value is not None]
    conditions = [f"{column} = ${number}" for number, column in enumerate(known, start=1)]
    conditions += [f"{column} IS NULL" for column, value in sides.items() if value is None]
    return " AND ".join(conditions), [sides[column] for column in known]
