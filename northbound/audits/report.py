"""Findings as text, in the manner of a diff: what a repair would add (+), change (~) and remove (-). Pure.

port/4f6c...
  + Logical_Switch_Port 8a1b... name="4f6c..."
  ~ Port_Group 17f0... ports: +8a1b...
  ! address-unique: 10.0.0.5 is also an address of ...
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from northbound.audits.audit import Findings
from northbound.previews.difference import describe
from southbound.ovsdb.replica import Replica

SIGNS = {"inserted": "+", "changed": "~", "deleted": "-"}
MOST_SHOWN = 200


def render(findings: Findings, replica: Replica) -> Iterator[str]:
    """The lines of the report, the summary last; of very many owners the first are shown in full."""
    for owner in findings.differing[:MOST_SHOWN]:
        yield owner
        if owner in findings.changes:
            yield from _of_owner(findings, owner, replica)
        if owner in findings.refused:
            yield f"  ! {findings.refused[owner]}"
    if len(findings.differing) > MOST_SHOWN:
        yield f"... and {len(findings.differing) - MOST_SHOWN} more"
    yield summary(findings)


def summary(findings: Findings) -> str:
    """How much was looked at, how much of it differs, and how much is not ours to judge."""
    of_ours = f"{findings.owners} owners, {findings.rows} rows of ours, {findings.rows_not_ours} not ours (left alone)"
    if not findings.differing:
        return f"the same: {of_ours}"
    refused = f", {len(findings.refused)} of them cannot be put right" if findings.refused else ""
    return f"{len(findings.differing)} owners differ{refused}: {of_ours}"


def _of_owner(findings: Findings, owner: str, replica: Replica) -> Iterator[str]:
    for table, fates in describe([findings.changes[owner]], replica).items():
        for fate, rows in fates.items():
            for row in rows:
                yield f"  {SIGNS[fate]} {table} {row['uuid']} {_columns(row['columns'])}".rstrip()


def _columns(columns: Mapping[str, Any]) -> str:
    return " ".join(f"{name}{_value(value)}" for name, value in columns.items() if value not in (None, [], {}, ""))


def _value(value: Any) -> str:
    """`=x` of a whole column, `: x -> y` of a changed one, `: +a -b` of a set's members."""
    if isinstance(value, Mapping) and value.keys() == {"before", "after"}:
        return f": {_text(value['before'])} -> {_text(value['after'])}"
    if isinstance(value, Mapping) and value.keys() == {"added", "removed"}:
        moved = [f"+{member}" for member in value["added"]] + [f"-{member}" for member in value["removed"]]
        return f": {' '.join(moved)}"
    return f"={_text(value)}"


def _text(value: Any) -> str:
    """As JSON: whatever somebody put into a name stays within its quotes, and on its line."""
    return json.dumps(value)
