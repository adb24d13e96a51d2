"""A security group -> its port group, its logged drops, and the address pairs of its members. Pure.

Each rule is an owner of its own (`security_group_rules.plan`). The members are not here either: each port's plan says which groups it is in, so that a port's change touches one set
element and never the whole set. OVN makes a set of the members' own addresses for the rules that admit the group; the
allowed address pairs are not in it, so that they have sets of their own as long as there are any.
"""

from ipaddress import ip_network

from northbound.logs.plan import logged
from northbound.security_groups.group import Group
from southbound import external_ids, names
from southbound.ovsdb.rows import Row, row_uuid

LOGGED_DROP_PRIORITY = 1001


def plan_group(group: Group) -> list[Row]:
    """Source: ovn-mapping section 7."""
    port_group = Row(
        "Port_Group",
        owner=names.security_group_owner(group.id),
        uuid=names.port_group_uuid(group.id),
        columns={
            "name": names.port_group_name(group.id),
            "external_ids": {external_ids.SECURITY_GROUP_ID: group.id},
        },
    )
    return [port_group, *_logged_drops(group), *_pairs(group)]


def _logged_drops(group: Group) -> list[Row]:
    """What no rule of any group permits its members is dropped here already, and logged: the drop of their network,
    which members of other groups meet too, says nothing."""
    if group.drop_log is None:
        return []
    owner, name = names.security_group_owner(group.id), names.port_group_name(group.id)
    return [
        Row(
            "ACL",
            owner=owner,
            uuid=row_uuid(owner, f"drop/{direction}"),
            inside=("Port_Group", names.port_group_uuid(group.id), "acls"),
            columns={
                "direction": direction,
                "priority": LOGGED_DROP_PRIORITY,
                "action": "drop",
                "match": f"{member} == @{name} && ip",
                **logged(group.drop_log),
                "external_ids": {},
            },
        )
        for direction, member in (("from-lport", "inport"), ("to-lport", "outport"))
    ]


def _pairs(group: Group) -> list[Row]:
    """Both families have a set, though it be empty: a match that names a missing one is no match."""
    if not group.pairs:
        return []
    owner = names.security_group_owner(group.id)
    return [
        Row(
            "Address_Set",
            owner=owner,
            uuid=row_uuid(owner, f"pairs/{version}"),
            columns={
                "name": names.pair_set_name(group.id, version),
                "addresses": sorted(pair for pair in group.pairs if ip_network(pair).version == version),
                "external_ids": {external_ids.SECURITY_GROUP_ID: group.id},
            },
        )
        for version in (4, 6)
    ]
