"""A rule -> its ACL. Pure. A rule owns its row, so that what a group costs does not depend on how many it has."""

from msgspec import Struct

from northbound.logs.plan import logged
from northbound.security_group_rules.match import rule_match
from northbound.security_group_rules.rule import Rule
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

PERMIT_PRIORITY = 1002
"""Above the logged drop of a group (1001), and that of a network's default-deny group (1000)."""
DIRECTIONS = {"ingress": "to-lport", "egress": "from-lport"}


class RuleView(Struct, frozen=True, kw_only=True):
    """What the plan reads: the rule, whether its group keeps state, which log its permits go to, and whether the members
    of the remote group have allowed address pairs."""

    rule: Rule
    stateful: bool = True
    with_pairs: bool = False
    log_id: str | None = None

    @property
    def id(self) -> str:
        return self.rule.id


def plan_rule(view: RuleView) -> list[Row]:
    """The permit of the rule in its group's port group; the row UUID is the rule's id.

    Equal rules keep rows of their own, so that deleting one never takes the other's permit away.
    Source: ovn-mapping section 7.
    """
    rule = view.rule
    acl = Row(
        "ACL",
        owner=names.security_group_rule_owner(rule.id),
        uuid=names.acl_uuid(rule.id),
        inside=("Port_Group", names.port_group_uuid(rule.security_group_id), "acls"),
        columns={
            "direction": DIRECTIONS[rule.direction],
            "priority": PERMIT_PRIORITY,
            "action": "allow-related" if view.stateful else "allow-stateless",
            "match": rule_match(rule, with_pairs=view.with_pairs),
            **logged(view.log_id, connection=rule.id if view.stateful else None),
            "external_ids": {external_ids.SECURITY_GROUP_RULE_ID: rule.id},
        },
    )
    return [acl]
