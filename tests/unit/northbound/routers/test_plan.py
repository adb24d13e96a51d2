"""The rows that a router and its ports are in OVN."""

from northbound.routers.plan import plan_router, plan_router_port
from northbound.routers.router import ExtraRoute, Router, RouterAddress
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.routers.factories import (
    INSIDE_NETWORK,
    INSIDE_PORT,
    INSIDE_SUBNET,
    OUTSIDE_PORT,
    OUTSIDE_SUBNET,
    ROUTER,
    a_chassis,
    a_gateway,
    a_router,
    an_interface,
)


def described(rows: list[Row]) -> list[str]:
    """A line per row: its table and the columns that tell it apart."""
    telling = ("name", "ip_prefix", "nexthop", "type", "logical_ip", "external_ip", "chassis_name", "priority")
    return [" ".join([row.table, *(str(row.columns[c]) for c in telling if c in row.columns)]) for row in rows]


def test_router_alone_is_one_row() -> None:
    (row,) = plan_router(a_router())
    assert (row.table, row.uuid, row.owner, row.inside) == ("Logical_Router", ROUTER, f"router/{ROUTER}", None)
    assert row.columns == {
        "name": f"neutron-{ROUTER}",
        "enabled": True,
        "options": {
            "always_learn_from_arp_request": "false",
            "dynamic_neigh_routers": "true",
            "mac_binding_age_threshold": "300",
        },
        "external_ids": {
            "neutron:router_name": "myrouter",
            "neutron:revision_number": "1",
            "neutron:availability_zone_hints": "",
        },
    }


def test_gateway_adds_the_way_out_and_the_translation_of_each_subnet() -> None:
    other = an_interface(
        port_id="88888888-8888-4888-8888-888888888888",
        addresses=[RouterAddress(subnet_id=OUTSIDE_PORT, ip="10.51.0.1", cidr="10.51.0.0/16")],
    )
    assert described(plan_router(a_router(an_interface(), other, a_gateway()))) == [
        f"Logical_Router neutron-{ROUTER}",
        "Logical_Router_Static_Route 0.0.0.0/0 150.25.12.254",
        "NAT snat 10.50.0.0/16 150.25.12.7",
        "NAT snat 10.51.0.0/16 150.25.12.7",
    ]


def test_default_route_says_where_it_comes_from() -> None:
    route = plan_router(a_router(a_gateway()))[1]
    assert route.inside == ("Logical_Router", ROUTER, "static_routes")
    assert route.columns["external_ids"] == {
        "neutron:is_static_route": "true",
        "neutron:is_ext_gw": "true",
        "neutron:subnet_id": OUTSIDE_SUBNET,
    }


def test_way_to_a_link_local_gateway_is_said() -> None:
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="2001:db8::7", cidr="2001:db8::/64", subnet_gateway_ip="fe80::1"
    )
    ways = [plan_router(a_router(gateway))[1] for gateway in (a_gateway(), a_gateway(addresses=[outside]))]
    assert [way.columns["output_port"] for way in ways] == [None, f"lrp-{OUTSIDE_PORT}"]


def test_without_source_nat_only_the_route_is_left() -> None:
    rows = plan_router(a_router(an_interface(), a_gateway(), enable_snat=False))
    assert [row.table for row in rows] == ["Logical_Router", "Logical_Router_Static_Route"]


def test_ipv6_is_routed_and_never_translated() -> None:
    inside = an_interface(addresses=[RouterAddress(subnet_id=INSIDE_SUBNET, ip="fd00::1", cidr="fd00::/64")])
    outside = RouterAddress(
        subnet_id=OUTSIDE_SUBNET, ip="2001:db8::7", cidr="2001:db8::/64", subnet_gateway_ip="2001:db8::1"
    )
    rows = plan_router(a_router(inside, a_gateway(addresses=[outside])))
    assert described(rows)[1:] == ["Logical_Router_Static_Route ::/0 2001:db8::1"]


def test_extra_routes_are_rows_of_their_own() -> None:
    routes = [ExtraRoute("192.0.2.0/24", "10.50.0.9"), ExtraRoute("192.0.2.0/24", "10.50.0.10")]
    rows = plan_router(a_router(an_interface(), extra_routes=routes))[1:]
    assert described(rows) == [
        "Logical_Router_Static_Route 192.0.2.0/24 10.50.0.9",
        "Logical_Router_Static_Route 192.0.2.0/24 10.50.0.10",
    ]
    assert len({row.uuid for row in rows}) == 2
    assert rows[0].columns["external_ids"] == {"neutron:is_static_route": "true"}


def interface_row(router: Router) -> Row:
    (row,) = plan_router_port(router, router.interfaces[0], [a_chassis("one")])
    return row


def test_interface_belongs_to_its_port_and_hangs_in_the_router() -> None:
    row = interface_row(a_router(an_interface(), a_gateway()))
    assert (row.owner, row.uuid) == (f"port/{INSIDE_PORT}", names.router_port_uuid(INSIDE_PORT))
    assert row.inside == ("Logical_Router", ROUTER, "ports")
    assert row.columns == {
        "name": f"lrp-{INSIDE_PORT}",
        "mac": "fa:16:3e:00:00:01",
        "networks": ["10.50.0.1/16"],
        "options": {"gateway_mtu": None, "reside-on-redirect-chassis": None},
        "ipv6_ra_configs": {"address_mode": None, "send_periodic": None, "mtu": None},
        "external_ids": {
            "neutron:revision_number": "1",
            "neutron:subnet_ids": INSIDE_SUBNET,
            "neutron:network_name": f"neutron-{INSIDE_NETWORK}",
            "neutron:router_name": f"neutron-{ROUTER}",
            "neutron:is_ext_gw": "False",
        },
    }


def test_interface_on_a_fabric_network_is_routed_by_one_chassis() -> None:
    row = interface_row(a_router(an_interface(network_type="vlan")))
    assert row.columns["options"]["reside-on-redirect-chassis"] == "true"


def test_gateway_says_the_least_mtu_and_who_serves_it() -> None:
    router = a_router(an_interface(), a_gateway())
    port, *chassis = plan_router_port(router, router.gateway, [a_chassis("one"), a_chassis("two")])
    assert port.columns["options"] == {"gateway_mtu": "1442", "reside-on-redirect-chassis": None}
    assert port.columns["external_ids"]["neutron:is_ext_gw"] == "True"
    assert [row.columns["priority"] for row in chassis] == [2, 1]
    assert {row.columns["name"] for row in chassis} == {f"lrp-{OUTSIDE_PORT}_one", f"lrp-{OUTSIDE_PORT}_two"}
    assert {row.inside for row in chassis} == {("Logical_Router_Port", port.uuid, "gateway_chassis")}
    assert {row.owner for row in chassis} == {f"port/{OUTSIDE_PORT}"}


def test_router_advertises_what_its_first_managed_subnet_says() -> None:
    address = RouterAddress(
        subnet_id=INSIDE_SUBNET, ip="fd00::1", cidr="fd00::/64", ipv6_address_mode="dhcpv6-stateless"
    )
    row = interface_row(a_router(an_interface(addresses=[address])))
    assert row.columns["ipv6_ra_configs"] == {
        "address_mode": "dhcpv6_stateless",
        "send_periodic": "true",
        "mtu": "1442",
    }


def test_threat_n13_name_of_a_router_stays_in_external_ids() -> None:
    hostile = plan_router(a_router(an_interface(), a_gateway(), name='"; $as | {}'))
    plain = plan_router(a_router(an_interface(), a_gateway()))
    changed = [
        (column, row.columns[column])
        for row, other in zip(hostile, plain, strict=True)
        for column in row.columns
        if row.columns[column] != other.columns[column]
    ]
    assert [column for column, _ in changed] == ["external_ids"]
