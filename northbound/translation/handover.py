"""Rows that another owner planned in an earlier release, handed to the owner that plans them now.

Before anything is compared: the former owner, who no longer plans them, would take them away, and with the ACLs of rules
every connection that they permit.
"""

from collections.abc import Iterator

from southbound import external_ids, names
from southbound.ovsdb.apply import Interrupted
from southbound.ovsdb.outcomes import Committed
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import OWNER_KEY, owner_of
from southbound.ovsdb.session import Operation, Session
from southbound.ovsdb.transaction import mutate_map, where_uuid

MOST_AT_ONCE = 500


def misattributed(replica: Replica) -> Iterator[tuple[str, str]]:
    """(row, owner it is to have) of the ACLs of rules that carry the mark of their group. Pure."""
    for uuid, acl in replica.rows("ACL").items():
        rule_id = acl["external_ids"].get(external_ids.SECURITY_GROUP_RULE_ID)
        if rule_id and (owner_of(acl["external_ids"]) or "").startswith("security_group/"):
            yield uuid, names.security_group_rule_owner(rule_id)


async def hand_over(session: Session, guard: Operation) -> None:
    """Idempotent, and nothing to do once it was done. Raises Interrupted when it must be tried again."""
    kind = session.schema.column("ACL", "external_ids")
    wrong = list(misattributed(session.replica))
    for start in range(0, len(wrong), MOST_AT_ONCE):
        operations = [
            mutate_map("ACL", where_uuid(uuid), "external_ids", kind, {OWNER_KEY: owner})
            for uuid, owner in wrong[start : start + MOST_AT_ONCE]
        ]
        outcome = await session.transact([guard, *operations])
        if not isinstance(outcome, Committed):
            raise Interrupted(f"rows could not be handed over: {outcome}")
