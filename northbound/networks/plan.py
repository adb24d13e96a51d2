"""A network -> its logical switch, the localnet ports of its segments, its default-deny group, its protection. Pure.

Every filtered port of the network joins the group. It drops all IP traffic below the priority of the security groups'
rules, and lets a guest ask for its DHCP lease, which OVN answers only after the ACLs. Whatever the rules say, no
member speaks as a DHCP server: replies are dropped after everything that could have let them pass. Router
advertisements are not for an ACL to drop, since OVN lets them past every one: agents do it.
Source: ovn-mapping sections 4 and 7, ovn-nb(5) ACL options:apply-after-lb.
"""

from collections.abc import Mapping

from northbound.networks.network import Network
from northbound.networks.segment import Segment
from northbound.protection.plan import plan_protection, plan_request_limit, protection_uuid
from northbound.security_group_rules.plan import PERMIT_PRIORITY
from southbound import external_ids, names
from southbound.ovsdb.rows import Row, row_uuid

DROP_PRIORITY = 1000
"""Below the logged drop of a security group (1001)."""

SERVICES_OF_THE_CLOUD = {
    "guard/dhcp4": "ip4 && udp.src == 67 && udp.dst == 68",
    "guard/dhcp6": "ip6 && udp.src == 547 && udp.dst == 546",
}
"""What only the cloud itself may send."""
NO_OPTIONS: Mapping[str, str] = {}
AFTER_ALL = {"apply-after-lb": "true"}
FDB_AGE_S = "300"

QINQ = "802.11ad"
"""As OVN up to 23.12 spells 802.1ad; later ones accept it still."""


def plan_network(network: Network) -> list[Row]:
    localnets = [_localnet(network, segment) for segment in network.segments if segment.physical_network]
    protection = [*plan_protection(names.network_owner(network.id), network.id), plan_request_limit(network.id)]
    return [_switch(network), *localnets, *_drop_group(network), *protection]


def _switch(network: Network) -> Row:
    return Row(
        "Logical_Switch",
        owner=names.network_owner(network.id),
        uuid=names.switch_uuid(network.id),
        columns={
            "name": names.switch_name(network.id),
            "copp": protection_uuid(names.network_owner(network.id)),
            "other_config": {
                "mcast_snoop": "false",
                "mcast_flood_unregistered": "false",
                "vlan-passthru": "true" if network.vlan_transparent or network.qinq else "false",
                "fdb_age_threshold": FDB_AGE_S if network.physical_networks else None,
                "broadcast-arps-to-all-routers": "true" if network.external else None,
            },
            "external_ids": {
                external_ids.NETWORK_NAME: network.name,
                external_ids.MTU: str(network.mtu),
                external_ids.REVISION: str(network.revision_number),
                external_ids.AVAILABILITY_ZONE_HINTS: ",".join(network.availability_zone_hints),
                **_provider(network),
            },
        },
    )


def _provider(network: Network) -> dict[str, str]:
    """What the segment is; several have no type in common, and upstream says none then."""
    if len(network.segments) > 1:
        return {}
    return {external_ids.PROVIDER_NETWORK_TYPE: network.segment.network_type, **_physical_network(network.segment)}


def _physical_network(segment: Segment) -> dict[str, str]:
    return {external_ids.PROVIDER_PHYSICAL_NETWORK: segment.physical_network} if segment.physical_network else {}


def _localnet(network: Network, segment: Segment) -> Row:
    """`tag` is said as well: northd copies `tag_request` there, and leaves a tag behind where none is requested."""
    return Row(
        "Logical_Switch_Port",
        owner=names.network_owner(network.id),
        uuid=names.localnet_port_uuid(network.id, segment.id),
        inside=("Logical_Switch", names.switch_uuid(network.id), "ports"),
        columns={
            "name": names.localnet_port_name(segment.id),
            "type": "localnet",
            "addresses": ["unknown"],
            "tag_request": segment.segmentation_id,
            "tag": segment.segmentation_id,
            "options": {
                "network_name": segment.physical_network,
                "mcast_flood_reports": "true",
                "mcast_flood": "false",
                "localnet_learn_fdb": "false",
                "ethtype": QINQ if network.qinq else None,
            },
            "external_ids": _physical_network(segment),
        },
    )


def _drop_group(network: Network) -> list[Row]:
    group = names.drop_group_name(network.id)
    return [
        Row(
            "Port_Group",
            owner=names.network_owner(network.id),
            uuid=names.drop_group_uuid(network.id),
            columns={"name": group, "external_ids": {}},
        ),
        _acl(network, "drop/from-lport", "from-lport", DROP_PRIORITY, "drop", f"inport == @{group} && ip"),
        _acl(network, "drop/to-lport", "to-lport", DROP_PRIORITY, "drop", f"outport == @{group} && ip"),
        _acl(
            network,
            "dhcp/4",
            "from-lport",
            PERMIT_PRIORITY,
            "allow",
            f"inport == @{group} && ip4 && udp.src == 68 && udp.dst == 67",
        ),
        _acl(
            network,
            "dhcp/6",
            "from-lport",
            PERMIT_PRIORITY,
            "allow",
            f"inport == @{group} && ip6 && ip6.dst == ff02::1:2 && udp.src == 546 && udp.dst == 547",
        ),
        *(
            _acl(network, part, "from-lport", DROP_PRIORITY, "drop", f"inport == @{group} && {match}", AFTER_ALL)
            for part, match in SERVICES_OF_THE_CLOUD.items()
        ),
    ]


def _acl(
    network: Network,
    part: str,
    direction: str,
    priority: int,
    action: str,
    match: str,
    options: Mapping[str, str] = NO_OPTIONS,
) -> Row:
    owner = names.network_owner(network.id)
    return Row(
        "ACL",
        owner=owner,
        uuid=row_uuid(owner, part),
        inside=("Port_Group", names.drop_group_uuid(network.id), "acls"),
        columns={
            "direction": direction,
            "priority": priority,
            "action": action,
            "match": match,
            "options": options,
            "external_ids": {},
        },
    )
