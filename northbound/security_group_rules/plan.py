"""A rule -> its ACL. Pure; part of the plan of the rule's group."""

from northbound.logs.plan import logged
from northbound.security_group_rules.match import rule_match
from northbound.security_group_rules.rule import Rule
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

PERMIT_PRIORITY = 1002
"""Above the logged drop of a group (1001), and that of a network's default-deny group (1000)."""
DIRECTIONS = {"ingress": "to-lport", "egress": "from-lport"}


def plan_acl(rule: Rule, *, stateful: bool, with_pairs: bool = False, log_id: str | None = None) -> Row:
    """The permit of `rule` in its group's port group; the row UUID is the rule's id. `log_id`: who logs it.

    Equal rules keep rows of their own, so that deleting one never takes the other's permit away.
    """
    return Row(
        "ACL",
        owner=names.security_group_owner(rule.security_group_id),
        uuid=names.acl_uuid(rule.id),
        inside=("Port_Group", names.port_group_uuid(rule.security_group_id), "acls"),
        columns={
            "direction": DIRECTIONS[rule.direction],
            "priority": PERMIT_PRIORITY,
            "action": "allow-related" if stateful else "allow-stateless",
            "match": rule_match(rule, with_pairs=with_pairs),
            **logged(log_id, connection=rule.id if stateful else None),
            "external_ids": {external_ids.SECURITY_GROUP_RULE_ID: rule.id},
        },
    )
