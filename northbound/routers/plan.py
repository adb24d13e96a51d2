"""A router -> its logical router, routes and source NAT; a router's port -> its router port and gateway chassis. Pure.

What hangs in the router port belongs to the port's owner, as the router port itself does, beside the switch port that
is its peer: so a router never needs a port's rows, only ports need their router's. Source: ovn-mapping section 8.
"""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from northbound.routers.gateways import choose_chassis
from northbound.routers.router import ExtraRoute, Router, RouterAddress, RouterPort
from southbound import external_ids, names
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row

OPTIONS = {
    "always_learn_from_arp_request": "false",
    "dynamic_neigh_routers": "true",
    "mac_binding_age_threshold": "300",
}
DEFAULT_ROUTES = {4: "0.0.0.0/0", 6: "::/0"}
FABRIC_TYPES = ("flat", "vlan")


def plan_router(router: Router) -> list[Row]:
    """Everything of the router except its ports."""
    return [
        _logical_router(router),
        *_default_routes(router),
        *(_extra_route(router, route) for route in router.extra_routes),
        *_source_nat(router),
    ]


def _logical_router(router: Router) -> Row:
    return Row(
        "Logical_Router",
        owner=names.router_owner(router.id),
        uuid=names.router_uuid(router.id),
        columns={
            "name": names.router_name(router.id),
            "enabled": router.admin_state_up,
            "options": OPTIONS,
            "external_ids": {
                external_ids.ROUTER_NAME: router.name,
                external_ids.REVISION: str(router.revision_number),
                external_ids.AVAILABILITY_ZONE_HINTS: ",".join(router.availability_zone_hints),
            },
        },
    )


def _default_routes(router: Router) -> list[Row]:
    """One per IP version: the first address of the gateway whose subnet has a gateway of its own."""
    if router.gateway is None:
        return []
    next_hops: dict[int, RouterAddress] = {}
    for address in router.gateway.addresses:
        if address.subnet_gateway_ip:
            next_hops.setdefault(address.ip_version, address)
    return [
        _static_route(
            router,
            part=f"default/{address.subnet_id}",
            prefix=DEFAULT_ROUTES[version],
            nexthop=str(address.subnet_gateway_ip),
            output_port=_way_to(str(address.subnet_gateway_ip), router.gateway),
            ids={external_ids.IS_GATEWAY: "true", external_ids.ROUTE_SUBNET_ID: address.subnet_id},
        )
        for version, address in next_hops.items()
    ]


def _way_to(nexthop: str, port: RouterPort) -> str | None:
    """The router port behind which a next hop is that is link-local, or outside the port's subnets: its address does
    not tell. Source: ovn-nb(5)."""
    hop = ip_address(nexthop)
    told = not hop.is_link_local and any(hop in ip_network(address.cidr) for address in port.addresses)
    return None if told else names.router_port_name(port.port_id)


def _extra_route(router: Router, route: ExtraRoute) -> Row:
    part = f"{route.destination}/{route.nexthop}"
    return _static_route(router, part=part, prefix=route.destination, nexthop=route.nexthop, ids={})


def _static_route(
    router: Router, *, part: str, prefix: str, nexthop: str, ids: dict[str, str], output_port: str | None = None
) -> Row:
    return Row(
        "Logical_Router_Static_Route",
        owner=names.router_owner(router.id),
        uuid=names.static_route_uuid(router.id, part),
        inside=("Logical_Router", names.router_uuid(router.id), "static_routes"),
        columns={
            "ip_prefix": prefix,
            "nexthop": nexthop,
            "output_port": output_port,
            "external_ids": {external_ids.IS_STATIC_ROUTE: "true", **ids},
        },
    )


def _source_nat(router: Router) -> list[Row]:
    """One per IPv4 subnet inside and IPv4 address outside; IPv6 is never translated."""
    if router.gateway is None or not router.enable_snat:
        return []
    outside = [address.ip for address in router.gateway.addresses if address.ip_version == 4]
    inside = [address for port in router.interfaces for address in port.addresses if address.ip_version == 4]
    return [
        Row(
            "NAT",
            owner=names.router_owner(router.id),
            uuid=names.snat_uuid(router.id, address.subnet_id, external_ip),
            inside=("Logical_Router", names.router_uuid(router.id), "nat"),
            columns={"type": "snat", "logical_ip": address.cidr, "external_ip": external_ip, "external_ids": {}},
        )
        for address in inside
        for external_ip in outside
    ]


def plan_router_port(router: Router, port: RouterPort, chassis: Sequence[Chassis]) -> list[Row]:
    """The router's end of one of its ports, and for the gateway where it is served; `chassis` are all of the cloud."""
    served = _gateway_chassis(router, port, chassis) if port.is_gateway else []
    return [_router_port(router, port), *served]


def _router_port(router: Router, port: RouterPort) -> Row:
    return Row(
        "Logical_Router_Port",
        owner=names.port_owner(port.port_id),
        uuid=names.router_port_uuid(port.port_id),
        inside=("Logical_Router", names.router_uuid(port.router_id), "ports"),
        columns={
            "name": names.router_port_name(port.port_id),
            "mac": port.mac_address,
            "networks": [address.with_prefix for address in port.addresses],
            "options": _router_port_options(router, port),
            "ipv6_ra_configs": _router_advertisements(port),
            "external_ids": {
                external_ids.REVISION: str(port.revision_number),
                external_ids.SUBNET_IDS: " ".join(address.subnet_id for address in port.addresses),
                external_ids.NETWORK_NAME: names.switch_name(port.network_id),
                external_ids.ROUTER_NAME: names.router_name(port.router_id),
                external_ids.IS_GATEWAY: str(port.is_gateway),
            },
        },
    )


def _router_port_options(router: Router, port: RouterPort) -> dict[str, str | None]:
    """A router's MAC must not appear all over a fabric that learns: on its networks one chassis routes."""
    one_chassis_routes = not port.is_gateway and port.network_type in FABRIC_TYPES
    return {
        "gateway_mtu": str(_smallest_mtu(router)) if port.is_gateway else None,
        "reside-on-redirect-chassis": "true" if one_chassis_routes else None,
    }


ADVERTISED_KEYS = ("address_mode", "send_periodic", "mtu")


def _router_advertisements(port: RouterPort) -> dict[str, str | None]:
    mode = next((address.ipv6_address_mode for address in port.addresses if address.ipv6_address_mode), None)
    if mode is None:
        return dict.fromkeys(ADVERTISED_KEYS)
    return {
        "address_mode": mode.replace("-", "_"),
        "send_periodic": "false" if port.is_gateway else "true",
        "mtu": str(port.mtu),
    }


def _smallest_mtu(router: Router) -> int:
    """What fits through all networks of the router: larger packets are answered with that size."""
    return min(port.mtu for port in router.ports)


def _gateway_chassis(router: Router, gateway: RouterPort, chassis: Sequence[Chassis]) -> list[Row]:
    chosen = choose_chassis(router.id, gateway.physical_network, router.availability_zone_hints, chassis)
    return [
        Row(
            "Gateway_Chassis",
            owner=names.port_owner(gateway.port_id),
            uuid=names.gateway_chassis_uuid(gateway.port_id, name),
            inside=("Logical_Router_Port", names.router_port_uuid(gateway.port_id), "gateway_chassis"),
            columns={
                "name": names.gateway_chassis_name(gateway.port_id, name),
                "chassis_name": name,
                "priority": len(chosen) - place,
                "external_ids": {},
            },
        )
        for place, name in enumerate(chosen)
    ]
