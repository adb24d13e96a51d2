"""Values of a column: as Python, as RFC 7047 writes them, and the difference form of monitor_cond_since.

In Python a scalar is itself, an empty optional is None, a set is a frozenset, a map is a dict, a UUID is text.
Pure; the column's type decides, so that a plan's mistake is found before the server sees it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from southbound.ovsdb.rows import Scalar, Value
from southbound.ovsdb.schema import ATOMS, ColumnType

NO_UUID = "00000000-0000-0000-0000-000000000000"


class UnfitValue(ValueError):
    """A value does not fit its column; the message names both."""


def decode(kind: ColumnType, wire: Any) -> Value:
    """The Python value of a wire value."""
    if kind.is_map:
        if "uuid" not in (kind.key, kind.value):
            return dict(wire[1])
        return {_decode_atom(kind.key, key): _decode_atom(kind.value, value) for key, value in wire[1]}
    if kind.is_set:
        atoms = _atoms(wire)
        return frozenset([atom[1] for atom in atoms]) if kind.key == "uuid" else frozenset(atoms)
    if kind.is_optional:
        return next((_decode_atom(kind.key, atom) for atom in _atoms(wire)), None)
    return _decode_atom(kind.key, wire)


def default(kind: ColumnType) -> Value:
    """The value that the server leaves out of a row sent in full. Source: RFC 7047 section 5.2.1."""
    if kind.is_map:
        return {}
    if kind.is_set:
        return frozenset()
    if kind.is_optional:
        return None
    return NO_UUID if kind.key == "uuid" else ATOMS[kind.key]()


def apply_difference(kind: ColumnType, before: Value, wire: Any) -> Value:
    """The value after a "modify": sets and maps come as what changed, all else as the new value.

    A map entry that is sent exactly as it was is one that went away. Source: ovsdb-server(7), update2 notification.
    """
    change = decode(kind, wire)
    if kind.is_set:
        return before ^ change
    if kind.is_map:
        gone = {key for key, value in change.items() if before.get(key) == value}
        merged = {**before, **change}
        return {key: value for key, value in merged.items() if key not in gone}
    return change


def normalize(kind: ColumnType, value: Value) -> Value:
    """A plan's value in the form that `decode` gives, so that the two compare; raises UnfitValue.

    A map keeps its None values, which mean "this key must be absent".
    """
    if kind.is_map:
        if not isinstance(value, Mapping):
            raise UnfitValue(f"{value!r} is not a map")
        key_type, value_type = kind.key, kind.value
        return {
            _checked(key_type, key): None if item is None else _checked(value_type, item) for key, item in value.items()
        }
    if kind.is_set:
        if isinstance(value, (str, Mapping)) or not isinstance(value, Collection):
            raise UnfitValue(f"{value!r} is not a set")
        return frozenset(_checked(kind.key, atom) for atom in value)
    if kind.is_optional and (value is None or value == ()):
        return None
    return _checked(kind.key, value)


def encode(kind: ColumnType, value: Value) -> Any:
    """The wire value of a normalized value; map keys whose value is None are left out."""
    if kind.is_map:
        return encode_map(kind, {key: item for key, item in value.items() if item is not None})
    if kind.is_set:
        return encode_set(kind.key, value)
    if kind.is_optional and value is None:
        return ["set", []]
    return _encode_atom(kind.key, value)


def encode_map(kind: ColumnType, entries: Mapping[Scalar, Scalar]) -> list[Any]:
    if "uuid" not in (kind.key, kind.value):
        return ["map", [[key, entries[key]] for key in sorted(entries)]]
    return ["map", [[_encode_atom(kind.key, key), _encode_atom(kind.value, entries[key])] for key in sorted(entries)]]


def encode_set(atom_type: str, atoms: Collection[Scalar]) -> list[Any]:
    return ["set", [_encode_atom(atom_type, atom) for atom in sorted(atoms)]]


def _atoms(wire: Any) -> list[Any]:
    if isinstance(wire, list) and wire[0] == "set":
        return wire[1]
    return [wire]


def _decode_atom(atom_type: str | None, wire: Any) -> Scalar:
    return wire[1] if atom_type == "uuid" else wire


def _encode_atom(atom_type: str | None, atom: Scalar) -> Any:
    return ["uuid", atom] if atom_type == "uuid" else atom


def _checked(atom_type: str | None, atom: Any) -> Scalar:
    wanted = ATOMS[atom_type]
    if atom.__class__ is wanted:
        return atom
    if isinstance(atom, wanted) and (wanted is bool or not isinstance(atom, bool)):
        return atom
    if wanted is float and isinstance(atom, int) and not isinstance(atom, bool):
        return float(atom)
    raise UnfitValue(f"{atom!r} is not of type {atom_type}")
