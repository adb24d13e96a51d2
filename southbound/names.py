"""API id -> OVN name and row UUID: the contract that plans, applier and readers share.

Names are those that Neutron's OVN driver made customary (ovn-mapping section 2), so that `ovn-nbctl show` reads as a
network engineer expects. Ids are canonical lower-case UUID text. Row UUIDs are the API id where upstream does the
same (switch, router, ACL, NAT), else derived from the owner (`rows.row_uuid`).
"""

from southbound.ovsdb.rows import row_uuid

SWITCH_PREFIX = "neutron-"
ROUTER_PREFIX = "neutron-"
LOCALNET_PREFIX = "provnet-"
ROUTER_PORT_PREFIX = "lrp-"
METADATA_DEVICE_PREFIX = "ovnmeta-"


# Owners: who is answerable for a row.


def network_owner(network_id: str) -> str:
    """Switch, localnet ports, the network's default-deny group, its protection."""
    return f"network/{network_id}"


def subnet_owner(subnet_id: str) -> str:
    """DHCP options."""
    return f"subnet/{subnet_id}"


def port_owner(port_id: str) -> str:
    """Switch port, its memberships, and for a router's port the router port with all that a gateway is for."""
    return f"port/{port_id}"


def security_group_owner(group_id: str) -> str:
    """Port group, and what is said of the whole group: its logged drops, its members' address pairs."""
    return f"security_group/{group_id}"


def security_group_rule_owner(rule_id: str) -> str:
    """The ACL of one rule."""
    return f"security_group_rule/{rule_id}"


def address_group_owner(group_id: str) -> str:
    """The address sets of both families."""
    return f"address_group/{group_id}"


def log_owner(log_id: str) -> str:
    """The meter of the log's lines."""
    return f"log/{log_id}"


def router_owner(router_id: str) -> str:
    """Router, extra routes, its protection."""
    return f"router/{router_id}"


def floating_ip_owner(floating_ip_id: str) -> str:
    """NAT, or the load balancers of forwarded ports."""
    return f"floating_ip/{floating_ip_id}"


def external_ports_owner(network_id: str) -> str:
    """The group of chassis that answer for the network's external ports."""
    return f"external_ports/{network_id}"


def zone_owner(network_id: str) -> str:
    """The names of a network's ports, in DNS."""
    return f"dns/{network_id}"


def load_balancer_owner(load_balancer_id: str) -> str:
    """Load balancers of all its protocols, and their health checks."""
    return f"load_balancer/{load_balancer_id}"


# Switches.


def switch_name(network_id: str) -> str:
    return f"{SWITCH_PREFIX}{network_id}"


def switch_uuid(network_id: str) -> str:
    return network_id


def localnet_port_name(segment_id: str) -> str:
    return f"{LOCALNET_PREFIX}{segment_id}"


def localnet_port_uuid(network_id: str, segment_id: str) -> str:
    return row_uuid(network_owner(network_id), f"localnet/{segment_id}")


# Switch ports. The name equals the OVS interface's external_ids:iface-id.


def switch_port_name(port_id: str) -> str:
    return port_id


def switch_port_uuid(port_id: str) -> str:
    return row_uuid(port_owner(port_id), "switch_port")


# Routers.


def router_name(router_id: str) -> str:
    return f"{ROUTER_PREFIX}{router_id}"


def router_uuid(router_id: str) -> str:
    return router_id


def router_port_name(port_id: str) -> str:
    """An interface's or gateway's end on the router; its peer is the switch port of the same API port."""
    return f"{ROUTER_PORT_PREFIX}{port_id}"


def router_port_uuid(port_id: str) -> str:
    return row_uuid(port_owner(port_id), "router_port")


def chassis_redirect_name(port_id: str) -> str:
    """The southbound port that northd makes of a gateway: it resides where the gateway is served."""
    return f"cr-{router_port_name(port_id)}"


def gateway_chassis_name(port_id: str, chassis_name: str) -> str:
    return f"{router_port_name(port_id)}_{chassis_name}"


def gateway_chassis_uuid(port_id: str, chassis_name: str) -> str:
    return row_uuid(port_owner(port_id), f"gateway_chassis/{chassis_name}")


def static_route_uuid(router_id: str, part: str) -> str:
    """`part` tells the extra routes of one router apart: "<destination>/<nexthop>"."""
    return row_uuid(router_owner(router_id), f"static_route/{part}")


def default_route_uuid(gateway_port_id: str, prefix: str) -> str:
    return row_uuid(port_owner(gateway_port_id), f"default_route/{prefix}")


def bfd_uuid(gateway_port_id: str, nexthop: str) -> str:
    return row_uuid(port_owner(gateway_port_id), f"bfd/{nexthop}")


def snat_uuid(gateway_port_id: str, subnet_id: str, external_ip: str) -> str:
    return row_uuid(port_owner(gateway_port_id), f"snat/{subnet_id}/{external_ip}")


def floating_ip_nat_uuid(floating_ip_id: str) -> str:
    return floating_ip_id


def forwarding_name(floating_ip_id: str, protocol: str) -> str:
    """The load balancer of a floating IP's forwarded ports."""
    return f"pf-floatingip-{floating_ip_id}-{protocol}"


def forwarding_uuid(floating_ip_id: str, protocol: str) -> str:
    return row_uuid(floating_ip_owner(floating_ip_id), f"port_forwarding/{protocol}")


# Load balancers. Several rows of one API resource: their name is its id, and is not theirs alone.


def load_balancer_uuid(load_balancer_id: str, part: str) -> str:
    """`part` tells the rows of one load balancer apart, e.g. "tcp"."""
    return row_uuid(load_balancer_owner(load_balancer_id), f"load_balancer/{part}")


def health_check_uuid(health_monitor_id: str, vip: str) -> str:
    return row_uuid(f"health_monitor/{health_monitor_id}", vip)


# Security groups. OVN's group and set names may not hold a dash: they are used inside match expressions.


def _identifier(api_id: str) -> str:
    return api_id.replace("-", "_")


def port_group_name(group_id: str) -> str:
    return f"pg_{_identifier(group_id)}"


def port_group_uuid(group_id: str) -> str:
    return row_uuid(security_group_owner(group_id), "port_group")


def remote_group_set_name(group_id: str, ip_version: int) -> str:
    """The southbound address set that northd makes of a port group's members, for use as `$name` in a match."""
    return f"{port_group_name(group_id)}_ip{ip_version}"


def pair_set_name(group_id: str, ip_version: int) -> str:
    """The set of the allowed address pairs of a security group's members, of one family."""
    return f"pairs_{_identifier(group_id)}_ip{ip_version}"


def address_set_name(group_id: str, ip_version: int) -> str:
    """The set of an address group's addresses of one family, for use as `$name` in a match."""
    return f"ag_{_identifier(group_id)}_ip{ip_version}"


def address_set_uuid(group_id: str, ip_version: int) -> str:
    return row_uuid(address_group_owner(group_id), f"address_set/{ip_version}")


def log_name(log_id: str) -> str:
    """What the lines of a log, and the ACLs that write them, are called."""
    return f"neutron-{log_id}"


def log_meter_name(log_id: str) -> str:
    return f"acl_log_meter_{_identifier(log_id)}"


def protection_name(api_id: str) -> str:
    """The policy that bounds what a network or a router hands to ovn-controller."""
    return f"protection-{api_id}"


def protection_meter_name(api_id: str, kind: str) -> str:
    return f"protection_{_identifier(api_id)}_{kind}"


def acl_uuid(rule_id: str) -> str:
    return rule_id


def drop_group_name(network_id: str) -> str:
    """The default-deny port group of one network: a group of every port of the cloud would cost O(ports) a change."""
    return f"pg_drop_{_identifier(network_id)}"


def drop_group_uuid(network_id: str) -> str:
    return row_uuid(network_owner(network_id), "drop_group")


# DHCP.


def dhcp_options_uuid(subnet_id: str) -> str:
    return row_uuid(subnet_owner(subnet_id), "dhcp_options")


def port_dhcp_options_uuid(port_id: str, ip_version: int) -> str:
    return row_uuid(port_owner(port_id), f"dhcp_options/{ip_version}")


# External ports.


def external_group_name(network_id: str) -> str:
    return f"{SWITCH_PREFIX}{network_id}"


def external_group_uuid(network_id: str) -> str:
    return row_uuid(external_ports_owner(network_id), "group")


def external_chassis_uuid(network_id: str, chassis_name: str) -> str:
    return row_uuid(external_ports_owner(network_id), f"chassis/{chassis_name}")


# DNS.


def zone_uuid(network_id: str) -> str:
    return row_uuid(zone_owner(network_id), "records")


# Metadata.


def metadata_device_id(network_id: str) -> str:
    """The device_id of a network's metadata port; also the name of its namespace on a host."""
    return f"{METADATA_DEVICE_PREFIX}{network_id}"
