"""The rows of a router's gateways."""

from northbound.routers.gateway_plan import plan_gateway
from northbound.routers.plan import plan_router_port
from northbound.routers.router import Router, RouterAddress
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.routers.factories import (
    INSIDE_SUBNET,
    OUTSIDE_PORT,
    OUTSIDE_SUBNET,
    ROUTER,
    a_chassis,
    a_gateway,
    a_router,
    an_interface,
    described,
)

SECOND = "88888888-8888-4888-8888-888888888888"


def of_the_gateways(router: Router) -> list[Row]:
    return [row for gateway in router.gateways for row in plan_gateway(router, gateway, [])]


def a_second_gateway() -> object:
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="150.25.12.8", cidr="150.25.12.0/24", subnet_gateway_ip="150.25.12.253"
    )
    return a_gateway(port_id=SECOND, position=1, addresses=[outside])


def test_gateway_is_the_way_out_and_translates_each_subnet() -> None:
    other = an_interface(
        port_id=SECOND, addresses=[RouterAddress(subnet_id=OUTSIDE_PORT, ip="10.51.0.1", cidr="10.51.0.0/16")]
    )
    rows = of_the_gateways(a_router(an_interface(), other, a_gateway()))
    assert described(rows) == [
        "Logical_Router_Static_Route 0.0.0.0/0 150.25.12.254",
        "NAT snat 10.50.0.0/16 150.25.12.7",
        "NAT snat 10.51.0.0/16 150.25.12.7",
    ]
    assert {row.owner for row in rows} == {f"port/{OUTSIDE_PORT}"}
    assert {row.columns["gateway_port"] for row in rows if row.table == "NAT"} == {None}


def test_default_route_says_where_it_comes_from() -> None:
    (route,) = of_the_gateways(a_router(a_gateway()))
    assert route.inside == ("Logical_Router", ROUTER, "static_routes")
    assert (route.columns["output_port"], route.columns["bfd"]) == (None, None)
    assert route.columns["external_ids"] == {
        "neutron:is_static_route": "true",
        "neutron:is_ext_gw": "true",
        "neutron:subnet_id": OUTSIDE_SUBNET,
    }


def test_way_to_a_link_local_gateway_is_said() -> None:
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="2001:db8::7", cidr="2001:db8::/64", subnet_gateway_ip="fe80::1"
    )
    (way,) = of_the_gateways(a_router(a_gateway(addresses=[outside])))
    assert way.columns["output_port"] == f"lrp-{OUTSIDE_PORT}"


def test_without_source_nat_only_the_route_is_left() -> None:
    rows = of_the_gateways(a_router(an_interface(), a_gateway(), enable_snat=False))
    assert [row.table for row in rows] == ["Logical_Router_Static_Route"]


def test_ipv6_is_routed_and_never_translated() -> None:
    inside = an_interface(addresses=[RouterAddress(subnet_id=INSIDE_SUBNET, ip="fd00::1", cidr="fd00::/64")])
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="2001:db8::7", cidr="2001:db8::/64", subnet_gateway_ip="2001:db8::1"
    )
    rows = of_the_gateways(a_router(inside, a_gateway(addresses=[outside])))
    assert described(rows) == ["Logical_Router_Static_Route ::/0 2001:db8::1"]


def test_of_several_gateways_the_first_leads_out_and_each_translates_at_its_own_port() -> None:
    rows = of_the_gateways(a_router(an_interface(), a_gateway(), a_second_gateway()))
    assert described(rows) == [
        "Logical_Router_Static_Route 0.0.0.0/0 150.25.12.254",
        "NAT snat 10.50.0.0/16 150.25.12.7",
        "NAT snat 10.50.0.0/16 150.25.12.8",
    ]
    assert rows[0].columns["output_port"] == f"lrp-{OUTSIDE_PORT}"
    assert [row.columns["gateway_port"] for row in rows[1:]] == [
        names.router_port_uuid(OUTSIDE_PORT),
        names.router_port_uuid(SECOND),
    ]


def test_with_ecmp_every_gateway_leads_out() -> None:
    rows = of_the_gateways(a_router(a_gateway(), a_second_gateway(), enable_default_route_ecmp=True))
    assert [(row.columns["nexthop"], row.columns["output_port"]) for row in rows] == [
        ("150.25.12.254", f"lrp-{OUTSIDE_PORT}"),
        ("150.25.12.253", f"lrp-{SECOND}"),
    ]


def test_first_gateway_without_a_next_hop_leaves_the_way_to_the_second() -> None:
    silent = RouterAddress(subnet_id=INSIDE_SUBNET, ip="150.25.13.7", cidr="150.25.13.0/24")
    rows = of_the_gateways(a_router(a_gateway(addresses=[silent]), a_second_gateway()))
    assert described(rows) == ["Logical_Router_Static_Route 0.0.0.0/0 150.25.12.253"]


def test_with_bfd_a_next_hop_is_watched() -> None:
    watcher, route = of_the_gateways(a_router(a_gateway(), enable_default_route_bfd=True))
    assert (watcher.table, watcher.inside) == ("BFD", None)
    assert (watcher.columns["logical_port"], watcher.columns["dst_ip"]) == (f"lrp-{OUTSIDE_PORT}", "150.25.12.254")
    assert (route.columns["bfd"], route.columns["output_port"]) == (watcher.uuid, f"lrp-{OUTSIDE_PORT}")


def test_gateway_says_the_least_mtu_and_who_serves_it() -> None:
    router = a_router(an_interface(), a_gateway(chassis=["gone", "one", "two"]))
    port, *rest = plan_router_port(router, router.gateways[0], [a_chassis("one"), a_chassis("two")])
    chassis = [row for row in rest if row.table == "Gateway_Chassis"]
    assert port.columns["options"] == {
        "gateway_mtu": "1442",
        "reside-on-redirect-chassis": None,
        "redirect-type": None,
    }
    assert port.columns["external_ids"]["neutron:is_ext_gw"] == "True"
    assert [(row.columns["name"], row.columns["priority"]) for row in chassis] == [
        (f"lrp-{OUTSIDE_PORT}_one", 2),
        (f"lrp-{OUTSIDE_PORT}_two", 1),
    ]
    assert {row.inside for row in chassis} == {("Logical_Router_Port", port.uuid, "gateway_chassis")}
    assert {row.owner for row in chassis} == {f"port/{OUTSIDE_PORT}"}
