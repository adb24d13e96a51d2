"""A router -> its logical router and extra routes; a router's port -> its router port and all that it is for. Pure.

What hangs in the router port belongs to the port's owner, as the router port itself does, beside the switch port that
is its peer: so a router never needs a port's rows, only ports need their router's. A gateway's share is in
`gateway_plan`. Source: ovn-mapping section 8.
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.protection.plan import plan_protection, protection_uuid
from northbound.routers.gateway_plan import plan_gateway
from northbound.routers.gateways import only_chassis, place_of, serving
from northbound.routers.router import ExtraRoute, Router, RouterPort
from southbound import external_ids, names
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row

OPTIONS = {
    "always_learn_from_arp_request": "false",
    "dynamic_neigh_routers": "true",
    "mac_binding_age_threshold": "300",
}


class RouterView(Struct, frozen=True):
    """`chassis` are all of the cloud."""

    router: Router
    chassis: Sequence[Chassis] = ()

    @property
    def id(self) -> str:
        return self.router.id


def plan_router(view: RouterView) -> list[Row]:
    """Everything of the router except its ports."""
    router = view.router
    return [
        _logical_router(view),
        *(_extra_route(router, route) for route in router.extra_routes),
        *plan_protection(names.router_owner(router.id), router.id),
    ]


def _logical_router(view: RouterView) -> Row:
    router = view.router
    return Row(
        "Logical_Router",
        owner=names.router_owner(router.id),
        uuid=names.router_uuid(router.id),
        columns={
            "name": names.router_name(router.id),
            "enabled": router.admin_state_up,
            "copp": protection_uuid(names.router_owner(router.id)),
            "options": {**OPTIONS, "chassis": _only_chassis(view)},
            "external_ids": {
                external_ids.ROUTER_NAME: router.name,
                external_ids.REVISION: str(router.revision_number),
                external_ids.AVAILABILITY_ZONE_HINTS: ",".join(router.availability_zone_hints),
            },
        },
    )


def _only_chassis(view: RouterView) -> str | None:
    """Where the whole router is, when its gateway is on a tunnelled network; None for one that is everywhere."""
    gateway = view.router.gateway
    if gateway is None or gateway.is_fabric:
        return None
    return only_chassis(place_of(view.router, gateway), view.chassis)


def _extra_route(router: Router, route: ExtraRoute) -> Row:
    return Row(
        "Logical_Router_Static_Route",
        owner=names.router_owner(router.id),
        uuid=names.static_route_uuid(router.id, f"{route.destination}/{route.nexthop}"),
        inside=("Logical_Router", names.router_uuid(router.id), "static_routes"),
        columns={
            "ip_prefix": route.destination,
            "nexthop": route.nexthop,
            "output_port": None,
            "external_ids": {external_ids.IS_STATIC_ROUTE: "true"},
        },
    )


def plan_router_port(router: Router, port: RouterPort, chassis: Sequence[Chassis]) -> list[Row]:
    """The router's end of one of its ports, and what a gateway is for; `chassis` are all of the cloud."""
    outside = plan_gateway(router, port, serving(place_of(router, port), chassis)) if port.is_gateway else []
    return [_router_port(router, port), *outside]


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
    """A router's MAC must not appear all over a fabric that learns: on its networks one chassis routes, unless floating
    IPs are distributed and every network is of the fabric, where each chassis has a MAC of its own. OVN has one chassis
    route only where there is one gateway, and complains of being asked for it where there are several."""
    one_chassis_routes = not port.is_gateway and port.is_fabric and len(router.gateways) < 2
    return {
        "gateway_mtu": str(_smallest_mtu(router)) if port.is_gateway else None,
        "reside-on-redirect-chassis": ("false" if router.is_bridged else "true") if one_chassis_routes else None,
        "redirect-type": "bridged" if port.is_gateway and router.is_bridged else None,
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
