"""A security group -> its port group and ACLs. Pure.

The members are not here: each port's plan says which groups it is in, so that a port's change touches one set
element and never the whole set.
"""

from northbound.security_group_rules.plan import plan_acl
from northbound.security_groups.group import Group
from southbound import external_ids, names
from southbound.ovsdb.rows import Row


def plan_group(group: Group) -> list[Row]:
    """The port group, then one ACL per rule. Source: ovn-mapping section 7."""
    port_group = Row(
        "Port_Group",
        owner=names.security_group_owner(group.id),
        uuid=names.port_group_uuid(group.id),
        columns={
            "name": names.port_group_name(group.id),
            "external_ids": {external_ids.SECURITY_GROUP_ID: group.id},
        },
    )
    return [port_group, *(plan_acl(rule, stateful=group.stateful) for rule in group.rules)]
