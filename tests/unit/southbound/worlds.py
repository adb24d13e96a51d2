"""Worlds of switches, groups and ports: every state that owners may want, and how a replica comes to hold it."""

from hypothesis import strategies as st

from southbound.ovsdb.difference import difference
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import Row, row_uuid
from southbound.ovsdb.transaction import build_transaction
from tests.unit.southbound.databases import SCHEMA, execute

SWITCHES, GROUPS, PORTS = ("s1", "s2"), ("g1", "g2"), ("p1", "p2", "p3")
Wanted = dict[str, list[Row]]

our_keys = st.dictionaries(st.sampled_from(["neutron:a", "neutron:b", "port_id"]), st.text(max_size=2))
settings = st.fixed_dictionaries(
    {
        "addresses": st.frozensets(st.text(max_size=3), max_size=3),
        "tag": st.none() | st.integers(0, 9),
        "enabled": st.booleans(),
        "options": st.fixed_dictionaries(
            {"o1": st.none() | st.text(max_size=2), "o2": st.none() | st.text(max_size=2)}
        ),
        "external_ids": our_keys,
    }
)
placements = st.tuples(settings, st.sampled_from(SWITCHES), st.sets(st.sampled_from(GROUPS)))
port_sets = st.dictionaries(st.sampled_from(PORTS), placements)


def uuid_of(name: str) -> str:
    return row_uuid(name, "row")


def a_port(name: str = "p1", columns: dict | None = None, switch: str = "s1", groups: set[str] = frozenset()) -> Row:
    return Row(
        "Port",
        owner=name,
        uuid=uuid_of(name),
        columns={"name": name, **(columns or {})},
        inside=("Switch", uuid_of(switch), "ports"),
        members=tuple(("Group", uuid_of(group), "ports") for group in groups),
    )


def parents() -> Wanted:
    switches = {name: [Row("Switch", name, uuid_of(name), {"name": name})] for name in SWITCHES}
    return switches | {name: [Row("Group", name, uuid_of(name), {"name": name})] for name in GROUPS}


def the_world(ports: dict) -> Wanted:
    """Every owner that may exist; absent ports have no rows."""
    return parents() | {name: [a_port(name, *ports[name])] if name in ports else [] for name in PORTS}


def settle(wanted: Wanted, replica: Replica) -> None:
    changes = [change for owner, rows in wanted.items() if (change := difference(owner, rows, replica))]
    execute([op for op in build_transaction(changes, SCHEMA).operations if op["op"] != "wait"], replica)


def contents(replica: Replica) -> dict:
    return {table: dict(replica.rows(table)) for table in SCHEMA.tables}
