"""The bodies of the routers API, and how a router is shown."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from northbound.envelope import time_text
from northbound.ports.port import AddressRequest, Port
from northbound.projects import Owned
from northbound.routers.router import MOST_EXTRA_ROUTES, ExtraRoute, Router, RouterPort
from runtime.attributes import (
    Body,
    Cidr,
    Description,
    IpAddress,
    Name,
    Uuid,
    at_most,
    restricted,
)

GATEWAY_DETAILS = restricted("network:set_router:gateway_details")
PLACEMENT = restricted("network:set_router:placement")
Zones = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=10)]
DEFAULT_ROUTES = restricted("network:set_router:default_routes")
MOST_ADDRESSES = 10
MOST_GATEWAYS = 8


class GatewayAddress(Body):
    subnet_id: Uuid | UnsetType = UNSET
    ip_address: IpAddress | UnsetType = UNSET


class GatewayInfo(Body):
    """All left out, as in `{}`: the router shall have no gateway."""

    network_id: Uuid | None | UnsetType = UNSET
    enable_snat: Annotated[bool, GATEWAY_DETAILS] | UnsetType = UNSET
    external_fixed_ips: (
        Annotated[list[GatewayAddress], Meta(min_length=1, max_length=MOST_ADDRESSES), GATEWAY_DETAILS] | UnsetType
    ) = UNSET


class OneGatewayInfo(GatewayInfo):
    """Of a router's first gateway, which alone can be told which QoS policy to follow."""

    qos_policy_id: Uuid | None | UnsetType = UNSET


class LeavingGateway(Body):
    """A gateway that goes, as it was shown. Its addresses choose nothing but it."""

    network_id: Uuid
    enable_snat: bool | UnsetType = UNSET
    external_fixed_ips: Annotated[list[GatewayAddress], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET


class SomeGateways(Body):
    external_gateways: Annotated[list[GatewayInfo], Meta(max_length=MOST_GATEWAYS)]


class ChangeGateways(Body):
    router: SomeGateways


class EveryGateway(Body):
    """`{}`, as the official client says it: whichever gateways there are."""


class LeavingGateways(Body):
    """None named, or EveryGateway: all of them."""

    external_gateways: Annotated[list[LeavingGateway], Meta(max_length=MOST_GATEWAYS)] | EveryGateway


class RemoveGateways(Body):
    router: LeavingGateways


class RouteDraft(Body):
    destination: Cidr
    nexthop: IpAddress


Routes = Annotated[list[RouteDraft], at_most(MOST_EXTRA_ROUTES)]


class RouterDraft(Owned):
    name: Name = ""
    description: Description = ""
    admin_state_up: bool = True
    external_gateway_info: OneGatewayInfo | None = None
    availability_zone_hints: Zones = []
    distributed: Annotated[bool | None, PLACEMENT] | UnsetType = UNSET
    ha: Annotated[bool | None, PLACEMENT] | UnsetType = UNSET
    enable_default_route_ecmp: Annotated[bool | None, DEFAULT_ROUTES] | UnsetType = UNSET
    enable_default_route_bfd: Annotated[bool | None, DEFAULT_ROUTES] | UnsetType = UNSET
    flavor_id: None = None


class CreateRouter(Body):
    router: RouterDraft | UnsetType = UNSET
    routers: list[RouterDraft] | UnsetType = UNSET


class RouterChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    external_gateway_info: OneGatewayInfo | None | UnsetType = UNSET
    routes: Routes | None | UnsetType = UNSET
    distributed: Annotated[bool | None, PLACEMENT] | UnsetType = UNSET
    ha: Annotated[bool | None, PLACEMENT] | UnsetType = UNSET
    enable_default_route_ecmp: Annotated[bool | None, DEFAULT_ROUTES] | UnsetType = UNSET
    enable_default_route_bfd: Annotated[bool | None, DEFAULT_ROUTES] | UnsetType = UNSET


class UpdateRouter(Body):
    router: RouterChanges


class SomeRoutes(Body):
    routes: Routes


class ChangeRoutes(Body):
    router: SomeRoutes


class InterfaceInfo(Body):
    subnet_id: Uuid | UnsetType = UNSET
    port_id: Uuid | UnsetType = UNSET


def parse_addresses(info: GatewayInfo | LeavingGateway) -> list[AddressRequest] | None:
    """The gateway's addresses that are asked for; None when that is left to us."""
    if info.external_fixed_ips is UNSET:
        return None
    return [AddressRequest(wish.subnet_id or None, wish.ip_address or None) for wish in info.external_fixed_ips]


def parse_routes(routes: list[RouteDraft] | None) -> list[ExtraRoute]:
    return [ExtraRoute(route.destination, route.nexthop) for route in routes or []]


def render_router(router: Router, *, placement: bool) -> dict[str, Any]:
    """`placement`: whether the caller may see how the router is placed."""
    shown: dict[str, Any] = {
        "id": router.id,
        "name": router.name,
        "description": router.description,
        "project_id": router.project_id,
        "tenant_id": router.project_id,
        "admin_state_up": router.admin_state_up,
        "status": "ACTIVE",
        "external_gateway_info": _render_gateway(router),
        "external_gateways": [_render_place(gateway) for gateway in router.gateways],
        "enable_default_route_ecmp": router.enable_default_route_ecmp,
        "enable_default_route_bfd": router.enable_default_route_bfd,
        "routes": router.extra_routes,
        "availability_zone_hints": router.availability_zone_hints,
        "availability_zones": router.availability_zone_hints,
        "flavor_id": None,
        "tags": router.tags,
        "revision_number": router.revision_number,
        "created_at": time_text(router.created_at),
        "updated_at": time_text(router.updated_at),
    }
    if placement:
        shown |= {"distributed": router.distributed, "ha": True}
    return shown


def _render_gateway(router: Router) -> dict[str, Any] | None:
    gateway = router.gateway
    if gateway is None:
        return None
    return {**_render_place(gateway), "enable_snat": router.enable_snat, "qos_policy_id": gateway.qos_policy_id}


def _render_place(gateway: RouterPort) -> dict[str, Any]:
    return {
        "network_id": gateway.network_id,
        "external_fixed_ips": [
            {"subnet_id": address.subnet_id, "ip_address": address.ip} for address in gateway.addresses
        ],
    }


def render_attached(router: Router, port: Port, subnet_id: str) -> dict[str, Any]:
    """What is answered when `subnet_id` has become reachable through `port`."""
    return _render_interface(router, port.id, port.network_id, subnet_id)


def render_detached(router: Router, interface: RouterPort, subnet_id: str) -> dict[str, Any]:
    return _render_interface(router, interface.port_id, interface.network_id, subnet_id)


def _render_interface(router: Router, port_id: str, network_id: str, subnet_id: str) -> dict[str, Any]:
    return {
        "id": router.id,
        "tenant_id": router.project_id,
        "project_id": router.project_id,
        "port_id": port_id,
        "network_id": network_id,
        "subnet_id": subnet_id,
        "subnet_ids": [subnet_id],
    }
