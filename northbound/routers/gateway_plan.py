"""What a gateway is for: the chassis that serve it, default routes, source NAT. Pure.

Each row of a gateway belongs to the gateway's port, so that several gateways of one router come and go apart, and a
row that refers to the router port (NAT, BFD) is never written without it. Source: ovn-mapping sections 8.3 to 8.6.
"""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from northbound.routers.router import Router, RouterAddress, RouterPort
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

DEFAULT_ROUTES = {4: "0.0.0.0/0", 6: "::/0"}


def plan_gateway(router: Router, gateway: RouterPort, serving: Sequence[str]) -> list[Row]:
    """Everything of the gateway beside its router port; `serving` are the names of chassis, the active one first."""
    return [
        *_gateway_chassis(gateway, serving),
        *_default_routes(router, gateway),
        *_source_nat(router, gateway),
    ]


def _gateway_chassis(gateway: RouterPort, serving: Sequence[str]) -> list[Row]:
    """None for a tunnelled network: the whole router is on one chassis then."""
    if not gateway.is_fabric:
        return []
    return [
        Row(
            "Gateway_Chassis",
            owner=names.port_owner(gateway.port_id),
            uuid=names.gateway_chassis_uuid(gateway.port_id, name),
            inside=("Logical_Router_Port", names.router_port_uuid(gateway.port_id), "gateway_chassis"),
            columns={
                "name": names.gateway_chassis_name(gateway.port_id, name),
                "chassis_name": name,
                "priority": len(serving) - place,
                "external_ids": {},
            },
        )
        for place, name in enumerate(serving)
    ]


def _default_routes(router: Router, gateway: RouterPort) -> list[Row]:
    """One per IP version through this gateway, if it is the one that leads out, or all do."""
    rows = []
    for version, prefix in DEFAULT_ROUTES.items():
        way = _way_out(gateway, version)
        leading = next((port for port in router.gateways if _way_out(port, version)), None)
        if way is not None and (router.enable_default_route_ecmp or leading == gateway):
            rows += _default_route(router, gateway, prefix, way)
    return rows


def _way_out(gateway: RouterPort, version: int) -> RouterAddress | None:
    """The first address whose subnet has a gateway of its own."""
    ways = (address for address in gateway.addresses if address.subnet_gateway_ip and address.ip_version == version)
    return next(ways, None)


def _default_route(router: Router, gateway: RouterPort, prefix: str, way: RouterAddress) -> list[Row]:
    """The route, and with BFD what watches its next hop."""
    nexthop = str(way.subnet_gateway_ip)
    watched = router.enable_default_route_bfd
    route = Row(
        "Logical_Router_Static_Route",
        owner=names.port_owner(gateway.port_id),
        uuid=names.default_route_uuid(gateway.port_id, prefix),
        inside=("Logical_Router", names.router_uuid(router.id), "static_routes"),
        columns={
            "ip_prefix": prefix,
            "nexthop": nexthop,
            "output_port": _output_port(router, gateway, nexthop),
            "bfd": names.bfd_uuid(gateway.port_id, nexthop) if watched else None,
            "external_ids": {
                external_ids.IS_STATIC_ROUTE: "true",
                external_ids.IS_GATEWAY: "true",
                external_ids.ROUTE_SUBNET_ID: way.subnet_id,
            },
        },
    )
    return [_bfd(gateway, nexthop), route] if watched else [route]


def _output_port(router: Router, gateway: RouterPort, nexthop: str) -> str | None:
    """The router port behind which the next hop is, where its address does not tell: one that is link-local, or outside
    the gateway's subnets, or might be behind several gateways; BFD needs it. Source: ovn-nb(5)."""
    hop = ip_address(nexthop)
    inside = not hop.is_link_local and any(hop in ip_network(address.cidr) for address in gateway.addresses)
    told = inside and len(router.gateways) == 1 and not router.enable_default_route_bfd
    return None if told else names.router_port_name(gateway.port_id)


def _bfd(gateway: RouterPort, nexthop: str) -> Row:
    return Row(
        "BFD",
        owner=names.port_owner(gateway.port_id),
        uuid=names.bfd_uuid(gateway.port_id, nexthop),
        columns={"logical_port": names.router_port_name(gateway.port_id), "dst_ip": nexthop, "external_ids": {}},
    )


def _source_nat(router: Router, gateway: RouterPort) -> list[Row]:
    """One per IPv4 subnet inside and IPv4 address of the gateway; IPv6 is never translated."""
    if not router.enable_snat:
        return []
    inside = [address for port in router.interfaces for address in port.addresses if address.ip_version == 4]
    return [
        Row(
            "NAT",
            owner=names.port_owner(gateway.port_id),
            uuid=names.snat_uuid(gateway.port_id, address.subnet_id, outside.ip),
            inside=("Logical_Router", names.router_uuid(router.id), "nat"),
            columns={
                "type": "snat",
                "logical_ip": address.cidr,
                "external_ip": outside.ip,
                "gateway_port": nat_gateway_port(router, gateway),
                "external_ids": {},
            },
        )
        for address in inside
        for outside in gateway.addresses
        if outside.ip_version == 4
    ]


def nat_gateway_port(router: Router, gateway: RouterPort) -> str | None:
    """The router port at which a translation takes place, said where there is a choice; a router that is on one chassis
    as a whole has none."""
    return names.router_port_uuid(gateway.port_id) if len(router.gateways) > 1 and gateway.is_fabric else None
