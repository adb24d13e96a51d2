"""Options of domains, projects and roles. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from runtime.errors import Forbidden

Row = Mapping[str, Any]


class ResourceOptions(msgspec.Struct, forbid_unknown_fields=True):
    """None takes an option away."""

    immutable: bool | None | UnsetType = UNSET


def merge_options(present: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**present, **sent}.items() if value is not None}


def refuse_update(noun: str, row: Row, changes: Row) -> None:
    """Raises Forbidden for a change of what is immutable, unless it makes it mutable and does nothing else."""
    if not _is_immutable(row):
        return
    options = changes.get("options", {})
    if changes.keys() != {"options"} or options.get("immutable", True):
        raise Forbidden(
            f'Unable to update immutable {noun} resource: {row["id"]}. Set resource option "immutable" to false first.'
        )


def refuse_delete(noun: str, row: Row) -> None:
    if _is_immutable(row):
        raise Forbidden(
            f'Unable to delete immutable {noun} resource: {row["id"]}. Set resource option "immutable" to false first.'
        )


def _is_immutable(row: Row) -> bool:
    return bool((row.get("options") or {}).get("immutable"))
