"""A small schema, and a server that is a function: the meaning of our operations, to try a difference without I/O."""

from southbound.ovsdb import codec
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.schema import Schema, parse_schema

TEXTS = {"key": "string", "value": "string", "min": 0, "max": "unlimited"}
SCHEMA: Schema = parse_schema(
    {
        "name": "Small",
        "version": "1.0.0",
        "tables": {
            "Switch": {
                "isRoot": True,
                "columns": {
                    "name": {"type": "string"},
                    "ports": {"type": {"key": {"type": "uuid", "refTable": "Port"}, "min": 0, "max": "unlimited"}},
                    "external_ids": {"type": TEXTS},
                },
            },
            "Port": {
                "columns": {
                    "name": {"type": "string"},
                    "addresses": {"type": {"key": "string", "min": 0, "max": "unlimited"}},
                    "tag": {"type": {"key": "integer", "min": 0, "max": 1}},
                    "enabled": {"type": "boolean"},
                    "options": {"type": TEXTS},
                    "external_ids": {"type": TEXTS},
                },
            },
            "Group": {
                "isRoot": True,
                "columns": {
                    "name": {"type": "string"},
                    "ports": {
                        "type": {
                            "key": {"type": "uuid", "refTable": "Port", "refType": "weak"},
                            "min": 0,
                            "max": "unlimited",
                        }
                    },
                    "external_ids": {"type": TEXTS},
                },
            },
        },
    }
)


def a_replica() -> Replica:
    """A complete, empty replica of every column but one that this server does not have."""
    tables = {table: [*SCHEMA.tables[table].columns] for table in SCHEMA.tables}
    tables["Port"].append("of_the_future")
    replica = Replica(tables)
    replica.learn_schema(SCHEMA)
    replica.complete = True
    return replica


def execute(operations: list[dict], replica: Replica) -> None:
    """What a server does to its rows for the operations we send, and its replica after them."""
    rows = {table: {uuid: dict(row) for uuid, row in replica.rows(table).items()} for table in SCHEMA.tables}
    for operation in operations:
        if operation["op"] != "comment":
            _execute_one(operation, rows)
    _collect_garbage(rows)
    for table, found in rows.items():
        for uuid, row in found.items():
            wire = {column: codec.encode(SCHEMA.column(table, column), value) for column, value in row.items()}
            replica.apply(table, uuid, {"insert": wire})
    replica.keep_only(rows)


def _execute_one(operation: dict, rows: dict[str, dict]) -> None:
    table = operation["table"]
    if operation["op"] == "insert":
        assert operation["uuid"] not in rows[table], "duplicate uuid"
        rows[table][operation["uuid"]] = {
            name: codec.decode(kind, operation["row"][name]) if name in operation["row"] else codec.default(kind)
            for name, kind in SCHEMA.tables[table].columns.items()
        }
        return
    ((_, _, (_, uuid)),) = operation["where"]
    row = rows[table][uuid]
    if operation["op"] == "update":
        row.update({name: codec.decode(SCHEMA.column(table, name), wire) for name, wire in operation["row"].items()})
    elif operation["op"] == "mutate":
        for name, mutator, wire in operation["mutations"]:
            row[name] = _mutated(row[name], mutator, wire)
    elif operation["op"] == "delete":
        del rows[table][uuid]


def _mutated(value: object, mutator: str, wire: list) -> object:
    kind, atoms = wire
    if kind == "map":
        return {**dict(atoms), **value}
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key not in atoms}
    members = {atom[1] for atom in atoms}
    return value | members if mutator == "insert" else value - members


def _collect_garbage(rows: dict[str, dict]) -> None:
    held = {uuid for switch in rows["Switch"].values() for uuid in switch["ports"]}
    rows["Port"] = {uuid: row for uuid, row in rows["Port"].items() if uuid in held}
    for group in rows["Group"].values():
        group["ports"] &= frozenset(rows["Port"])
