"""Group commit: many owners' rows in one transaction; one bad owner is found and left out, the others go on.

    rows by owner -> difference with the replica -> one transaction -> refused? blame, split, retry -> Applied

A refusal that names an operation blames that operation's owners; one that names none halves the group. After a commit
the replica holds our own effects, so that the difference is taken again: an owner that still differs was changed by
somebody else meanwhile, and is reported as `unsettled`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from southbound.ovsdb.difference import Changes, difference, differences
from southbound.ovsdb.outcomes import Committed, NotSent, Refused, Unknown
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import Operation, Session
from southbound.ovsdb.transaction import Transaction, build_transaction


class GuardFailed(Exception):
    """The caller's guard did not hold: nothing was written, and nothing further may be."""


class Interrupted(Exception):
    """The connection went away: what was in flight has an unknown outcome, the rest was not sent.

    Nothing needs undoing: rows have UUIDs of their own, so applying again after the reconnect settles it.
    """


@dataclass(slots=True)
class Applied:
    """What became of each owner of one `apply`.

    `changed` maps the owners that were written to what was changed. `quarantined` maps those that could not be
    written to the reason. Owners in neither were as desired. `unsettled` are written owners that differ again.
    """

    changed: dict[str, Changes] = field(default_factory=dict)
    quarantined: dict[str, str] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)


async def apply(
    session: Session, wanted: Mapping[str, Sequence[Row]], *, guard: Operation | None = None, comment: str = ""
) -> Applied:
    """Makes NB hold exactly `wanted` for its owners (an empty sequence: the owner has nothing).

    Idempotent. Call it with at most about 100 owners, and not twice at once. `guard` is a `wait` operation that
    every transaction carries. Raises GuardFailed and Interrupted.
    """
    if not session.replica.complete:
        raise Interrupted("not connected")
    group = _Group(session, guard, comment)
    changes, group.applied.quarantined = differences(wanted, session.replica)
    await group.commit(changes)
    for owner in group.applied.changed:
        if difference(owner, wanted[owner], session.replica):
            group.applied.unsettled.add(owner)
    return group.applied


class _Group:
    """One call of `apply` under way."""

    def __init__(self, session: Session, guard: Operation | None, comment: str) -> None:
        self.applied = Applied()
        self._session = session
        self._guard = guard
        self._comment = comment

    async def commit(self, changes: list[Changes]) -> None:
        if not changes:
            return
        transaction = build_transaction(changes, self._session.schema, guard=self._guard, comment=self._comment)
        outcome = await self._session.transact(transaction.operations)
        match outcome:
            case Committed():
                self.applied.changed.update((change.owner, change) for change in changes)
                self.applied.unsettled |= transaction.short(outcome.counts)
            case Refused():
                await self._refused(changes, transaction, outcome)
            case Unknown() | NotSent():
                raise Interrupted(outcome.reason)

    async def _refused(self, changes: list[Changes], transaction: Transaction, refusal: Refused) -> None:
        """Quarantines a single owner; commits a larger group in two parts."""
        index = refusal.index
        if index is not None and transaction.operations[index] is self._guard:
            raise GuardFailed(refusal.details)
        if len(changes) == 1:
            self.applied.quarantined[changes[0].owner] = f"{refusal.error}: {refusal.details}"
            return
        blamed = transaction.owners[index] if index is not None else frozenset()
        for part in _parts(changes, blamed):
            await self.commit(part)


def _parts(changes: list[Changes], blamed: frozenset[str]) -> tuple[list[Changes], list[Changes]]:
    """The blameless and the blamed; two halves when that would leave one empty."""
    first = [change for change in changes if change.owner not in blamed]
    second = [change for change in changes if change.owner in blamed]
    if first and second:
        return first, second
    middle = len(changes) // 2
    return changes[:middle], changes[middle:]
