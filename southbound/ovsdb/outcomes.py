"""How a transaction ended. Unknown is a result of its own: never "failed", never "do it again" without reading."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Committed:
    """The server committed; `counts` has each operation's "count" (None for operations without one)."""

    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refused the whole transaction; nothing was changed.

    `index` is the operation that was refused; None when the database refused the result as a whole (a unique index,
    a reference, a size), in which case the server names no operation.
    """

    error: str
    details: str
    index: int | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection died, or the cluster lost its leader, while the transaction was in flight."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """There was no connection; nothing was sent."""

    reason: str


Outcome = Committed | Refused | Unknown | NotSent

# Answers after which a cluster may still commit what it was asked.
_UNDECIDED = frozenset({"cluster error", "I/O error", "canceled"})


def read_outcome(results: list[dict[str, Any] | None], operations: int) -> Outcome:
    """The outcome that a `transact` reply describes. Source: RFC 7047 section 4.1.3."""
    for index, result in enumerate(results):
        if result is None or "error" not in result:
            continue
        error, details = result["error"], result.get("details", "")
        if error in _UNDECIDED:
            return Unknown(f"{error}: {details}")
        return Refused(error, details, index if index < operations else None)
    return Committed(tuple(result.get("count") for result in results))
