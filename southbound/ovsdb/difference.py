"""What must change so that the replica holds an owner's desired rows: pure, per owner, independent of the wire.

    difference(owner, rows, replica) -> Changes        nothing in it when all is as desired

An owner's observed rows are those that carry its mark, and those at the UUIDs it wants. Rows of others, columns that
no plan names, foreign keys of external_ids, and sets of foreign rows are never part of a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from southbound.ovsdb import codec
from southbound.ovsdb.codec import UnfitValue
from southbound.ovsdb.replica import Columns, Replica, RowKey
from southbound.ovsdb.rows import OWNER_KEY, Row, Value, owner_of

# Maps of our rows in which nobody else has keys: what is observed and not planned is removed.
WHOLE_MAPS = frozenset(
    {
        ("Copp", "meters"),
        ("DHCP_Options", "options"),
        ("DNS", "records"),
        ("Load_Balancer", "vips"),
        ("Load_Balancer", "ip_port_mappings"),
        ("Load_Balancer", "external_ids"),
        ("Logical_Router_Port", "ipv6_ra_configs"),
    }
)
# Sets of values that may be large: only what enters and leaves them is written.
GROWING_SETS = frozenset({("Address_Set", "addresses")})
PLAIN_SETS = frozenset({list, tuple, set, frozenset})
OUR_PREFIXES = ("neutron:", "meridian:")
OUR_KEYS = frozenset({"subnet_id", "port_id", "ls_name"})

SetKey = tuple[str, str, str]


def is_our_key(key: str) -> bool:
    """Whether a key of external_ids is ours to write and to remove."""
    return key.startswith(OUR_PREFIXES) or key in OUR_KEYS


@dataclass(slots=True)
class SetChange:
    """References (or values of GROWING_SETS) that enter and leave one set, such as a switch's ports."""

    add: set[str] = field(default_factory=set)
    remove: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Changes:
    """One owner's difference. Values are normalized (`codec.normalize`); keys are (table, uuid[, column]).

    `updates` has the new value of scalar, optional and set columns, and for a map only the keys that differ, None for
    a key to be removed. `sets` are references that other rows hold to ours. `deletes` are rows of root tables;
    others go by leaving the set that holds them.
    """

    owner: str
    inserts: dict[RowKey, dict[str, Value]] = field(default_factory=dict)
    updates: dict[RowKey, dict[str, Value]] = field(default_factory=dict)
    sets: dict[SetKey, SetChange] = field(default_factory=lambda: defaultdict(SetChange))
    deletes: set[RowKey] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.inserts or self.updates or self.sets or self.deletes)

    def required(self) -> set[RowKey]:
        """Rows that must exist for these changes to hold: whoever is to take up a reference of ours."""
        return {(table, uuid) for (table, uuid, _), change in self.sets.items() if change.add}


class Unplannable(Exception):
    """A desired row cannot be written as it is planned; the message says which and why."""


def differences(wanted: Mapping[str, Iterable[Row]], replica: Replica) -> tuple[list[Changes], dict[str, str]]:
    """(changes of the owners that differ, reason by owner that cannot be made so): what one transaction would write.

    Refused are owners whose rows do not fit, and those whose row would hang in a row that neither exists nor is made.
    """
    changes, refused = [], {}
    for owner, rows in wanted.items():
        try:
            if change := difference(owner, rows, replica):
                changes.append(change)
        except Unplannable as error:
            refused[owner] = str(error)
    inserted = {key for change in changes for key in change.inserts}
    kept = []
    for change in changes:
        missing = [key for key in sorted(change.required() - inserted) if replica.find(*key) is None]
        if missing:
            refused[change.owner] = "; ".join(f"{table} {uuid} does not exist" for table, uuid in missing)
        else:
            kept.append(change)
    return kept, refused


def difference(owner: str, rows: Iterable[Row], replica: Replica) -> Changes:
    """The changes that make `rows` be exactly what `owner` has; raises Unplannable.

    `rows` empty means that the owner is gone: everything of it is removed.
    """
    changes = Changes(owner)
    wanted: set[RowKey] = set()
    for row in rows:
        if not fits(row, replica):
            continue
        wanted.add((row.table, row.uuid))
        _compare_row(row, replica, changes)
        _compare_holders(row, replica, changes)
    for table, uuid in sorted(replica.owned_by(owner) - wanted):
        _remove_row(table, uuid, replica, changes)
    return changes


def fits(row: Row, replica: Replica) -> bool:
    """Whether the connected server has a place for the row: its table, and the column that would keep it alive.

    Servers of several OVN releases are spoken to. What one of them lacks is left out here and in `_normalized`, and
    nowhere else: a row without a place, a column, a membership. A plan may therefore say nothing that permits more when
    a column of it is missing; one that must, asks the schema first and refuses.
    """
    schema = replica.schema
    return row.table in schema.tables and (row.inside is None or schema.has_column(row.inside[0], row.inside[2]))


def _compare_row(row: Row, replica: Replica, changes: Changes) -> None:
    observed = replica.find(row.table, row.uuid)
    if observed is not None and _stands(row, observed):
        return
    columns = _normalized(row, replica)
    if observed is None:
        changes.inserts[(row.table, row.uuid)] = columns
        return
    differing = {}
    for column, value in columns.items():
        if isinstance(value, Mapping):
            value = _map_difference((row.table, column), value, observed[column])
            if value:
                differing[column] = value
        elif (row.table, column) in GROWING_SETS:
            if value != observed[column]:
                held = changes.sets[row.table, row.uuid, column]
                held.add |= value - observed[column]
                held.remove |= observed[column] - value
        elif value != observed[column]:
            differing[column] = value
    if differing:
        changes.updates[(row.table, row.uuid)] = differing


def _stands(row: Row, observed: Columns) -> bool:
    """Whether a row says word for word what is observed, as nearly all do when everything is compared. False only says
    that it must be looked at closely: a value may be written in several ways, or not fit."""
    marked = {**(row.columns.get("external_ids") or {}), OWNER_KEY: row.owner}
    if not _says((row.table, "external_ids"), marked, observed.get("external_ids")):
        return False
    for column, value in row.columns.items():
        if column != "external_ids" and not (
            column in observed and _says((row.table, column), value, observed[column])
        ):
            return False
    return True


def _says(where: tuple[str, str], value: Value, observed: Value) -> bool:
    if value.__class__ in PLAIN_SETS and observed.__class__ is frozenset:
        try:
            return frozenset(value) == observed
        except TypeError:
            return False
    if value.__class__ is not observed.__class__:
        return False
    return value == observed or (value.__class__ is dict and not _map_difference(where, value, observed))


def _normalized(row: Row, replica: Replica) -> dict[str, Value]:
    """The row's columns, with the owner's mark, that the connected server has."""
    planned = dict(row.columns)
    planned["external_ids"] = {**(planned.get("external_ids") or {}), OWNER_KEY: row.owner}
    registered, kinds = replica.registered.get(row.table, ()), replica.schema.tables[row.table].columns
    columns = {}
    for column, value in planned.items():
        if column not in registered:
            raise Unplannable(f"{row.table}.{column} of {row.owner} is not registered with the replica")
        kind = kinds.get(column)
        if kind is None:
            continue
        try:
            columns[column] = codec.normalize(kind, value)
        except UnfitValue as error:
            raise Unplannable(f"{row.table}.{column} of {row.owner}: {error}") from error
    return columns


def _map_difference(where: tuple[str, str], wanted: Mapping, observed: Mapping) -> dict:
    """Keys to set, and keys to remove with the value None."""
    changed = {key: value for key, value in wanted.items() if observed.get(key) != value}
    for key in observed:
        if key not in wanted and (where in WHOLE_MAPS or (where[1] == "external_ids" and is_our_key(key))):
            changed[key] = None
    return changed


def _compare_holders(row: Row, replica: Replica, changes: Changes) -> None:
    """Puts the row into the sets it must be in, and takes it out of our other rows' sets."""
    named = {*row.members, *([row.inside] if row.inside is not None else [])}
    held = _holders(row.table, row.uuid, replica)
    if held == named:
        return
    wanted = {key for key in named if replica.schema.has_column(key[0], key[2])}
    for table, column in {(table, column) for table, _, column in named}:
        known = column in replica.registered.get(table, ())
        if not known or (
            replica.schema.has_column(table, column) and (table, column) not in replica.reference_columns(row.table)
        ):
            raise Unplannable(f"{row.table} of {row.owner} cannot be held by {table}.{column}")
    for key in wanted - held:
        changes.sets[key].add.add(row.uuid)
    for table, holder, column in held - wanted:
        if _is_ours(replica.find(table, holder)):
            changes.sets[table, holder, column].remove.add(row.uuid)


def _remove_row(table: str, uuid: str, replica: Replica, changes: Changes) -> None:
    """A root row is deleted, unless it holds rows that are not ours; any other leaves the set that keeps it alive.

    Weak references to it (a port group's ports) are emptied by the database itself.
    """
    if not replica.schema.tables[table].is_root:
        for holder_table, holder, column in _holders(table, uuid, replica):
            kind = replica.schema.column(holder_table, column)
            # A set that cannot be empty goes with its holder.
            if kind.strong and not kind.minimum and _is_ours(replica.find(holder_table, holder)):
                changes.sets[holder_table, holder, column].remove.add(uuid)
        return
    foreign = _foreign_children(table, uuid, replica)
    if foreign:
        raise Unplannable(f"{table} {uuid} of {changes.owner} still holds rows that are not ours: {foreign}")
    changes.deletes.add((table, uuid))


def _holders(table: str, uuid: str, replica: Replica) -> set[SetKey]:
    return {
        (holder_table, holder, column)
        for holder_table, column in replica.reference_columns(table)
        for holder in replica.holders(holder_table, column, uuid)
    }


def _foreign_children(table: str, uuid: str, replica: Replica) -> list[str]:
    """Rows without an owner that live only as long as this row holds them."""
    row = replica.find(table, uuid)
    children = []
    for column, value in row.items():
        kind = replica.schema.column(table, column)
        if kind.is_set and kind.strong and kind.ref_table in replica.registered:
            children += [child for child in value if not _is_ours(replica.find(kind.ref_table, child))]
    return children


def _is_ours(row: Columns | None) -> bool:
    return row is not None and owner_of(row.get("external_ids", {})) is not None
