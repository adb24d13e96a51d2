"""A port -> its logical switch port, with its memberships, and DHCP options where it has its own. Pure.

The router's end of an interface is `routers.plan`'s; both rows belong to the port's owner.
Source: ovn-mapping section 6.
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.ports import dhcp_options
from northbound.ports.port import (
    FLOATING_IP_OWNER,
    HEALTH_MONITOR_OWNER,
    METADATA_OWNER,
    ROUTER_GATEWAY,
    ROUTER_INTERFACE,
    Port,
)
from northbound.ports.vnic import MIGRATING_TO, capabilities, is_external, is_host
from northbound.protection.plan import plan_request_limit_of_port
from northbound.qos_rules.plan import plan_qos, shaping
from northbound.qos_rules.qos_rule import QosRule
from northbound.subnets.plan import SubnetView, has_options, options_v4, options_v6
from northbound.trunks.membership import Parent
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

SWITCH_PORT_TYPES = {
    ROUTER_INTERFACE: "router",
    ROUTER_GATEWAY: "router",
    METADATA_OWNER: "localport",
    HEALTH_MONITOR_OWNER: "localport",
}


class VirtualAddress(Struct, frozen=True):
    """An address that the guests of other ports, `parents`, take over from each other, each having it as a pair."""

    ip: str
    parents: Sequence[str]


class PortView(Struct, frozen=True):
    """What the plan reads: the port, its network's MTU, the subnets that its addresses lie in, whether it holds the VIP of
    a load balancer, a subport's parent, hosts that it may move to, what its neighbours take over from each other if nothing
    is plugged in, and the QoS rules that it follows."""

    port: Port
    mtu: int
    subnets: Sequence[SubnetView]
    holds_vip: bool = False
    parent: Parent | None = None
    destinations: Sequence[str] = ()
    virtual: VirtualAddress | None = None
    floating_ips: Sequence[str] = ()
    qos: Sequence[QosRule] = ()

    @property
    def is_virtual(self) -> bool:
        """Bound where a parent was heard to speak as the address. Source: ovn-nb(5), Logical_Switch_Port virtual."""
        plain = switch_port_type(self.port) == "" and not self.holds_vip and self.parent is None
        return plain and self.virtual is not None


def plan_port(view: PortView) -> list[Row]:
    """The switch port; none for the reservation of a floating IP, which is an address and no place to plug into."""
    port = view.port
    if port.device_owner == FLOATING_IP_OWNER:
        return []
    return [
        *_own_dhcp_options(view, 4),
        *_own_dhcp_options(view, 6),
        Row(
            "Logical_Switch_Port",
            owner=names.port_owner(port.id),
            uuid=names.switch_port_uuid(port.id),
            inside=("Logical_Switch", names.switch_uuid(port.network_id), "ports"),
            members=tuple(("Port_Group", uuid, "ports") for uuid in port_groups(port)),
            columns={
                "name": names.switch_port_name(port.id),
                "type": "virtual" if view.is_virtual else switch_port_type(port),
                "enabled": port.admin_state_up,
                "addresses": [] if view.holds_vip else switch_port_addresses(port),
                "port_security": port_security(port),
                "options": _options(view) | shaping(view.qos, physical=port.guarantee is not None),
                "parent_name": names.switch_port_name(view.parent.parent_id) if view.parent else None,
                "tag_request": view.parent.tag if view.parent else None,
                "ha_chassis_group": _chassis_group(port),
                "dhcpv4_options": _dhcp_options(view, 4),
                "dhcpv6_options": _dhcp_options(view, 6),
                "external_ids": _external_ids(view),
            },
        ),
        *_qos(view),
        *_request_limit(port),
    ]


def _request_limit(port: Port) -> list[Row]:
    """Of a guest that is in no group of its network: the network's own limit is of those that are."""
    unfiltered = not port.port_security_enabled and not port.trusted and switch_port_type(port) == ""
    return [plan_request_limit_of_port(port.id, port.network_id)] if unfiltered else []


def _qos(view: PortView) -> list[Row]:
    port = view.port
    if switch_port_type(port) == "external":
        return []
    name, gateway = names.switch_port_name(port.id), port.device_owner == ROUTER_GATEWAY
    return plan_qos(
        names.port_owner(port.id),
        port.network_id,
        view.qos,
        {"egress": f'inport == "{name}"', "ingress": f'outport == "{name}"'},
        {external_ids.QOS_ROUTER_ID: port.device_id} if gateway else {external_ids.QOS_PORT_ID: port.id},
        shaped=port.guarantee is not None,
    )


def switch_port_type(port: Port) -> str:
    outside = is_external(port.vnic_type, port.profile)
    return SWITCH_PORT_TYPES.get(port.device_owner, "external" if outside else "")


def _chassis_group(port: Port) -> str | None:
    return names.external_group_uuid(port.network_id) if switch_port_type(port) == "external" else None


def port_groups(port: Port) -> list[str]:
    """UUIDs of the port groups it is in: its network's default-deny group and its security groups'.

    A port without any address has nothing that OVN could hold its packets to: no group lets it send.
    """
    if port.trusted or not port.port_security_enabled:
        return []
    if not port.fixed_ips and not port.allowed_address_pairs:
        return [names.drop_group_uuid(port.network_id)]
    return [names.drop_group_uuid(port.network_id), *map(names.port_group_uuid, port.security_groups)]


def switch_port_addresses(port: Port) -> list[str]:
    """The `addresses` column: "MAC IP IP..." in the tenant's order, then the MACs of address pairs.

    A port without port security takes any address besides. Source: ovn-nb(5), Logical_Switch_Port addresses.
    """
    if switch_port_type(port) == "router":
        return ["router"]
    own = " ".join([port.mac_address, *(fixed.ip_address for fixed in port.fixed_ips)])
    others = {pair.mac_address for pair in port.allowed_address_pairs} - {port.mac_address}
    anything = ["unknown"] if not port.port_security_enabled and not port.trusted else []
    return [own, *sorted(others), *anything]


def port_security(port: Port) -> list[str]:
    """The `port_security` column: what the port may send from; empty means no check at all."""
    if port.trusted or not port.port_security_enabled:
        return []
    own = [fixed.ip_address for fixed in port.fixed_ips]
    own += [pair.ip_address for pair in port.allowed_address_pairs if pair.mac_address == port.mac_address]
    others = [
        f"{pair.mac_address} {pair.ip_address}"
        for pair in port.allowed_address_pairs
        if pair.mac_address != port.mac_address
    ]
    return [" ".join([port.mac_address, *dict.fromkeys(own)]), *others]


def _options(view: PortView) -> dict[str, str | None]:
    """A subport is claimed with its parent, an external port by its group, wherever they are."""
    port = view.port
    if switch_port_type(port) == "router":
        outside = port.device_owner == ROUTER_GATEWAY
        return {
            "router-port": names.router_port_name(port.id),
            "nat-addresses": "router" if outside else None,
            "exclude-lb-vips-from-garp": "true" if outside else None,
            "requested-chassis": None,
        }
    hosts = [] if view.parent or switch_port_type(port) == "external" else _hosts(view)
    shared = view.virtual if view.is_virtual else None
    return {
        "requested-chassis": ",".join(hosts) or None,
        "activation-strategy": "rarp" if len(hosts) > 1 else None,
        "router-port": None,
        "nat-addresses": None,
        "virtual-ip": shared.ip if shared else None,
        "virtual-parents": ",".join(map(names.switch_port_name, shared.parents)) if shared else None,
    }


def _hosts(view: PortView) -> list[str]:
    """Where the port is, and then where it moves to: its traffic there waits for the guest's RARP."""
    port = view.port
    if not port.host:
        return []
    said = port.profile.get(MIGRATING_TO)
    moving_to = [*view.destinations, *([said] if isinstance(said, str) and is_host(said) else [])]
    return list(dict.fromkeys([port.host, *moving_to]))


def _dhcp_options(view: PortView, ip_version: int) -> str | None:
    """The UUID of the port's own row if it has extra options, else of its subnet's; None without DHCP."""
    chosen = _serving(view, ip_version)
    if chosen is None:
        return None
    if dhcp_options.overlay(view.port.extra_dhcp_opts, ip_version):
        return names.port_dhcp_options_uuid(view.port.id, ip_version)
    return names.dhcp_options_uuid(chosen.id)


def _serving(view: PortView, ip_version: int) -> SubnetView | None:
    """The first of its subnets that has DHCP; among IPv6 subnets one with managed addresses comes first."""
    port = view.port
    if port.trusted or view.holds_vip or port.device_owner.startswith("neutron:"):
        return None
    if dhcp_options.is_disabled(port.extra_dhcp_opts, ip_version):
        return None
    serving = [s for s in view.subnets if s.subnet.ip_version == ip_version and has_options(s.subnet)]
    return next((s for s in serving if not s.subnet.autonomous), serving[0] if serving else None)


def _own_dhcp_options(view: PortView, ip_version: int) -> list[Row]:
    """The subnet's options overlaid by the port's."""
    extra = dhcp_options.overlay(view.port.extra_dhcp_opts, ip_version)
    chosen = _serving(view, ip_version) if extra else None
    if chosen is None:
        return []
    of_subnet = options_v4(chosen) if ip_version == 4 else options_v6(chosen)
    return [
        Row(
            "DHCP_Options",
            owner=names.port_owner(view.port.id),
            uuid=names.port_dhcp_options_uuid(view.port.id, ip_version),
            columns={
                "cidr": chosen.subnet.cidr,
                "options": dhcp_options.merge(of_subnet, extra),
                "external_ids": {
                    external_ids.DHCP_SUBNET_ID: chosen.id,
                    external_ids.DHCP_PORT_ID: view.port.id,
                    external_ids.REVISION: str(view.port.revision_number),
                },
            },
        )
    ]


def _external_ids(view: PortView) -> dict[str, str]:
    port = view.port
    said = {
        external_ids.PORT_NAME: port.name,
        external_ids.DEVICE_ID: port.device_id,
        external_ids.DEVICE_OWNER: port.device_owner,
        external_ids.PROJECT_ID: port.project_id,
        external_ids.CIDRS: _cidrs(view),
        external_ids.ADDRESS_SCOPE_V4: _address_scope(view, 4),
        external_ids.ADDRESS_SCOPE_V6: _address_scope(view, 6),
        external_ids.NETWORK_NAME: names.switch_name(port.network_id),
        external_ids.SECURITY_GROUP_IDS: " ".join(port.security_groups),
        external_ids.REVISION: str(port.revision_number),
        external_ids.VNIC_TYPE: port.vnic_type,
        external_ids.PORT_CAPABILITIES: ";".join(capabilities(port.profile)),
        external_ids.MTU: str(view.mtu) if port.device_owner == METADATA_OWNER else "",
    }
    if view.floating_ips:
        said[external_ids.PORT_FLOATING_IP] = " ".join(view.floating_ips)
    if port.host:
        said[external_ids.HOST_ID] = port.host
    return said


def _address_scope(view: PortView, ip_version: int) -> str:
    """Empty when none of its subnets of the IP version is of a scope."""
    scopes = (found.subnet.address_scope_id for found in view.subnets if found.subnet.ip_version == ip_version)
    return next((scope for scope in scopes if scope), "")


def _cidrs(view: PortView) -> str:
    lengths = {found.id: found.subnet.cidr.partition("/")[2] for found in view.subnets}
    return " ".join(f"{fixed.ip_address}/{lengths[fixed.subnet_id]}" for fixed in view.port.fixed_ips)
