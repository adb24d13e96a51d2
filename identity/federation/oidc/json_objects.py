"""JSON that a stranger wrote: one object, no key in it twice."""

import json
from typing import Any


def decode_object(raw: bytes | str) -> dict[str, Any]:
    """Raises ValueError."""
    try:
        found = json.loads(raw, object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
