"""Routers with readable defaults."""

from typing import Any

from northbound.routers.plan import RouterView, plan_router, plan_router_port
from northbound.routers.router import Router, RouterAddress, RouterPort
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row

ROUTER = "11111111-1111-4111-8111-111111111111"
INSIDE_PORT = "22222222-2222-4222-8222-222222222222"
OUTSIDE_PORT = "33333333-3333-4333-8333-333333333333"
INSIDE_SUBNET = "44444444-4444-4444-8444-444444444444"
OUTSIDE_SUBNET = "55555555-5555-4555-8555-555555555555"
INSIDE_NETWORK = "66666666-6666-4666-8666-666666666666"
OUTSIDE_NETWORK = "77777777-7777-4777-8777-777777777777"


def an_interface(**said: Any) -> RouterPort:
    return RouterPort(
        **{
            "port_id": INSIDE_PORT,
            "router_id": ROUTER,
            "network_id": INSIDE_NETWORK,
            "mac_address": "fa:16:3e:00:00:01",
            "is_gateway": False,
            "mtu": 1442,
            "addresses": [RouterAddress(subnet_id=INSIDE_SUBNET, ip="10.50.0.1", cidr="10.50.0.0/16")],
            **said,
        }
    )


def a_gateway(**said: Any) -> RouterPort:
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="150.25.12.7", cidr="150.25.12.0/24", subnet_gateway_ip="150.25.12.254"
    )
    return an_interface(
        **{
            "port_id": OUTSIDE_PORT,
            "network_id": OUTSIDE_NETWORK,
            "mac_address": "fa:16:3e:00:00:02",
            "is_gateway": True,
            "mtu": 1500,
            "network_type": "flat",
            "physical_network": "physical1",
            "addresses": [outside],
            **said,
        }
    )


def a_router(*ports: RouterPort, **said: Any) -> Router:
    return Router(**{"id": ROUTER, "project_id": "red", "name": "myrouter", "ports": list(ports), **said})


def a_chassis(name: str, **said: Any) -> Chassis:
    values = {
        "hostname": name,
        "physical_networks": frozenset({"physical1"}),
        "availability_zones": frozenset(),
        "is_gateway": True,
    }
    return Chassis(name, **{**values, **said})


def whole(router: Router, *chassis: Chassis) -> list[Row]:
    """The rows of a router and of all its ports."""
    ports = [row for port in router.ports for row in plan_router_port(router, port, chassis)]
    return [*plan_router(RouterView(router, chassis)), *ports]


def described(rows: list[Row]) -> list[str]:
    """A line per row: its table and the columns that tell it apart."""
    telling = (
        "name",
        "ip_prefix",
        "nexthop",
        "dst_ip",
        "type",
        "logical_ip",
        "external_ip",
        "chassis_name",
        "priority",
    )
    return [" ".join([row.table, *(str(row.columns[c]) for c in telling if c in row.columns)]) for row in rows]
