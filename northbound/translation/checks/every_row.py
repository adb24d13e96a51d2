"""What must hold of every row."""

from collections.abc import Iterator, Mapping

from northbound.translation.checks.group import Check, Group
from southbound.ovsdb.rows import OWNER_KEY, Row

NOBODY: frozenset[str] = frozenset()

# Names that tell rows of a table apart; in the second set the database itself refuses a second one. All rows of one
# load balancer share its name.
NAMED_TABLES = frozenset({"Logical_Switch", "Logical_Router"})
INDEXED_TABLES = frozenset(
    {
        *("Logical_Switch_Port", "Logical_Router_Port", "Port_Group", "Address_Set", "Gateway_Chassis"),
        *("HA_Chassis_Group", "Copp", "Meter"),
    }
)


def _is_markable(row: Row, group: Group) -> Iterator[str]:
    """A row that cannot carry its owner could never be told from a stranger's."""
    schema = group.replica.schema
    if row.table in schema.tables and not schema.has_column(row.table, "external_ids"):
        yield f"{row.table} has no external_ids for {OWNER_KEY}"


def _is_planned_once(row: Row, group: Group) -> Iterator[str]:
    if (row.table, row.uuid) in group.again:
        yield f"{row.table} {row.uuid} is planned more than once"


def _has_its_name_alone(row: Row, group: Group) -> Iterator[str]:
    name = row.columns.get("name")
    if not name:
        return
    others = NOBODY
    if row.table in INDEXED_TABLES:
        others = group.named(row.table, name) - {row.uuid}
    elif row.table in NAMED_TABLES:
        others = {uuid for uuid in group.named(row.table, name) if (row.table, uuid) in group.planned} - {row.uuid}
    if others:
        yield f"{row.table} {name} is also the name of {', '.join(sorted(others))}"


def _hangs_in_a_row(row: Row, group: Group) -> Iterator[str]:
    """A row of a table that is no root is collected by the database unless another holds it."""
    table = group.replica.schema.tables.get(row.table)
    if table is not None and table.is_root != (row.inside is None):
        yield f"{row.table} {row.uuid} must {'not ' if table.is_root else ''}hang in another row"
    for table_name, uuid, column in (*([row.inside] if row.inside else []), *row.members):
        if group.find(table_name, uuid) is None:
            yield f"{table_name} {uuid}, whose {column} should hold it, does not exist"


def _names_rows_that_exist(row: Row, group: Group) -> Iterator[str]:
    for column, target in group.references(row.table):
        value = row.columns.get(column)
        for uuid in [value] if isinstance(value, str) and value else value or ():
            if group.find(target, uuid) is None:
                yield f"{row.table}.{column} names {target} {uuid}, which does not exist"


EVERY_ROW: Mapping[str, Check] = {
    "owner-markable": _is_markable,
    "row-unique": _is_planned_once,
    "name-unique": _has_its_name_alone,
    "holder-exists": _hangs_in_a_row,
    "reference-exists": _names_rows_that_exist,
}
