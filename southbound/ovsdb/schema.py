"""What the connected server's database looks like: tables, columns and their types.

Read at each connect (`get_schema`), because servers of several OVN releases are spoken to: a column that this server
lacks is left out of monitors and of what we write, and `has_column` lets a caller ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ATOMS = {"integer": int, "real": float, "boolean": bool, "string": str, "uuid": str}


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of a column: `key` (and `value` for a map) are atom names of RFC 7047, `maximum` None is unlimited.

    What it amounts to is asked for each value of each row, and therefore worked out once.
    """

    key: str
    value: str | None
    minimum: int
    maximum: int | None
    ref_table: str | None
    strong: bool
    is_map: bool = field(init=False, repr=False, compare=False)
    is_set: bool = field(init=False, repr=False, compare=False)
    is_optional: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        is_map = self.value is not None
        object.__setattr__(self, "is_map", is_map)
        object.__setattr__(self, "is_set", not is_map and self.maximum != 1)
        object.__setattr__(self, "is_optional", not is_map and self.maximum == 1 and self.minimum == 0)


@dataclass(frozen=True, slots=True)
class Table:
    columns: Mapping[str, ColumnType]
    is_root: bool


@dataclass(frozen=True, slots=True)
class Schema:
    name: str
    version: str
    tables: Mapping[str, Table]

    def has_column(self, table: str, column: str) -> bool:
        known = self.tables.get(table)
        return known is not None and column in known.columns

    def column(self, table: str, column: str) -> ColumnType:
        """The column's type; KeyError when this server has no such column."""
        return self.tables[table].columns[column]


def parse_schema(document: Mapping[str, Any]) -> Schema:
    """A Schema from the answer to `get_schema`. Source: RFC 7047 section 3.2."""
    tables = {name: _parse_table(table) for name, table in document["tables"].items()}
    return Schema(document["name"], document["version"], tables)


def _parse_table(table: Mapping[str, Any]) -> Table:
    columns = {name: _parse_type(column["type"]) for name, column in table["columns"].items()}
    return Table(columns, table.get("isRoot", False))


def _parse_type(declared: str | Mapping[str, Any]) -> ColumnType:
    if isinstance(declared, str):
        return ColumnType(declared, None, 1, 1, None, False)
    key, value = _parse_base(declared["key"]), declared.get("value")
    maximum = declared.get("max", 1)
    return ColumnType(
        key=key["type"],
        value=_parse_base(value)["type"] if value is not None else None,
        minimum=declared.get("min", 1),
        maximum=None if maximum == "unlimited" else maximum,
        ref_table=key.get("refTable"),
        strong=key.get("refType", "strong") == "strong",
    )


def _parse_base(base: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": base} if isinstance(base, str) else base
