"""The row a plan asks for: what it says, who owns it, where it hangs.

A planner returns `Row`s; `difference.py` compares them with the replica and writes what differs. Values are plain
Python, encoded by the server's own schema (`codec.py`):

    scalar column     "text", 7, True; a reference to a row is that row's UUID as text
    optional column   the same, or None for empty
    set column        any collection, order without meaning; () for empty
    map column        {"key": "value"}, text on both sides unless the schema says otherwise
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha1
from uuid import NAMESPACE_URL

OWNER_KEY = "meridian:owner"

Scalar = str | int | float | bool
Value = Scalar | None | Collection[Scalar] | Mapping[str, Scalar | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One desired row of an OVSDB table, all that the applier needs to make it so.

    `owner` is "<kind>/<id>", e.g. "port/4f6c..."; it is written to external_ids for you. `uuid` is the row's own
    UUID, chosen by us and stable: the API id where ovn-mapping says so, else `row_uuid(owner, part)`.

    `columns` holds only what the plan decides. A column left out is never read and never changed; to empty one, say
    None or (). Maps are merged, not replaced: in external_ids we own the keys that `difference.is_our_key` names (one that is
    observed and not planned is removed), in other maps the keys planned here; {"key": None} says that the key must be
    absent. The maps in `difference.WHOLE_MAPS` are ours entirely.

    `inside` is the (table, uuid, column) that holds a row of a non-root table and keeps it alive; None for a root
    table. `members` are the (table, uuid, column) of sets which must contain this row, such as a port group's ports;
    a member set of one of our rows that is not named here is left.
    """

    table: str
    owner: str
    uuid: str
    columns: Mapping[str, Value] = field(hash=False)
    inside: tuple[str, str, str] | None = None
    members: tuple[tuple[str, str, str], ...] = ()


def readable(value: Value) -> Value:
    """The value in a form that JSON has: a set as a sorted list."""
    return sorted(value) if isinstance(value, frozenset) else value


@lru_cache(maxsize=1_000)
def row_uuid(owner: str, part: str) -> str:
    """The UUID of the row that is `part` of `owner`: the same for ever, so that two writers cannot make twins.

    Remembered, because each port of a network or a group asks for the same few again. Source: RFC 4122 section 4.3
    (version 5), written out because each port has one of its own, and the `uuid` module takes four times as long.
    """
    name = b"".join((NAMESPACE_URL.bytes, b"meridian:", owner.encode(), b":", part.encode()))
    raw = bytearray(sha1(name, usedforsecurity=False).digest()[:16])
    raw[6], raw[8] = raw[6] & 0x0F | 0x50, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def owner_of(external_ids: Mapping[str, str]) -> str | None:
    """The owner "<kind>/<id>" that a row's external_ids name; None for a row that is not ours."""
    return external_ids.get(OWNER_KEY)
