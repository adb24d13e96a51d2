"""A subnet -> its DHCP options, if guests are to be told anything by DHCP. Pure.

Source: ovn-mapping section 5, ovn-nb(5) DHCP_Options.
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.addresses.mac import PREFIX, mac_of
from northbound.subnets.subnet import Subnet
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

LEASE_TIME_S = "43200"
METADATA_ROUTE = "169.254.169.254/32"
ADVERTISE_NONE = ({"0.0.0.0"}, {"::"})
"""A lone nameserver of these means: tell guests of none."""


class SubnetView(Struct, frozen=True):
    """What the plan reads: the subnet, its network's MTU, and the metadata port's address in it, if any.

    `mac_prefix` is how the addresses of its DHCP servers begin.
    """

    subnet: Subnet
    mtu: int
    metadata_ip: str | None
    mac_prefix: str = PREFIX

    @property
    def id(self) -> str:
        return self.subnet.id


def has_options(subnet: Subnet) -> bool:
    """Whether the subnet has a DHCP_Options row, to which its ports point."""
    return subnet.enable_dhcp and subnet.ipv6_address_mode != "slaac"


def plan_subnet(view: SubnetView) -> list[Row]:
    subnet = view.subnet
    if not has_options(subnet):
        return []
    return [
        Row(
            "DHCP_Options",
            owner=names.subnet_owner(subnet.id),
            uuid=names.dhcp_options_uuid(subnet.id),
            columns={
                "cidr": subnet.cidr,
                "options": options_v4(view) if subnet.ip_version == 4 else options_v6(view),
                "external_ids": {
                    external_ids.DHCP_SUBNET_ID: subnet.id,
                    external_ids.NETWORK_ID: subnet.network_id,
                    external_ids.REVISION: str(subnet.revision_number),
                },
            },
        )
    ]


def options_v4(view: SubnetView) -> dict[str, str]:
    """Empty, hence no DHCP service, when neither a gateway nor the metadata port could be the server."""
    subnet = view.subnet
    server = subnet.gateway_ip or view.metadata_ip
    if server is None:
        return {}
    options = {
        "server_id": server,
        "server_mac": mac_of(names.subnet_owner(subnet.id), view.mac_prefix),
        "lease_time": LEASE_TIME_S,
        "mtu": str(view.mtu),
    }
    if subnet.gateway_ip:
        options["router"] = subnet.gateway_ip
    if routes := _static_routes(view):
        options["classless_static_route"] = "{" + ", ".join(routes) + "}"
    return options | _dns_server(subnet.dns_nameservers)


def options_v6(view: SubnetView) -> dict[str, str]:
    options = {"server_id": mac_of(names.subnet_owner(view.subnet.id), view.mac_prefix)}
    if view.subnet.ipv6_address_mode == "dhcpv6-stateless":
        options["dhcpv6_stateless"] = "true"
    return options | _dns_server(view.subnet.dns_nameservers)


def _static_routes(view: SubnetView) -> list[str]:
    """The default route is said again: a client that gets this option ignores the router option (RFC 3442)."""
    routes = [f"{METADATA_ROUTE},{view.metadata_ip}"] if view.metadata_ip else []
    routes += [f"{route.destination},{route.nexthop}" for route in view.subnet.host_routes]
    if routes and view.subnet.gateway_ip:
        routes.append(f"0.0.0.0/0,{view.subnet.gateway_ip}")
    return routes


def _dns_server(nameservers: Sequence[str]) -> dict[str, str]:
    if not nameservers or set(nameservers) in ADVERTISE_NONE:
        return {}
    return {"dns_server": "{" + ", ".join(nameservers) + "}"}
