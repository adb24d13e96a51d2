"""The rows that a router and its ports are in OVN."""

from northbound.protection.plan import protection_uuid
from northbound.routers.plan import RouterView, plan_router, plan_router_port
from northbound.routers.router import ExtraRoute, Router, RouterAddress
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.routers.factories import (
    INSIDE_NETWORK,
    INSIDE_PORT,
    INSIDE_SUBNET,
    ROUTER,
    a_chassis,
    a_gateway,
    a_router,
    an_interface,
    described,
    whole,
)

OTHER_GATEWAY = "88888888-8888-4888-8888-888888888888"


def test_router_alone_is_one_row_and_its_protection() -> None:
    row, *rest = plan_router(RouterView(a_router()))
    assert {row.table for row in rest} == {"Copp", "Meter", "Meter_Band"}
    assert (row.table, row.uuid, row.owner, row.inside) == ("Logical_Router", ROUTER, f"router/{ROUTER}", None)
    assert row.columns == {
        "name": f"neutron-{ROUTER}",
        "enabled": True,
        "copp": protection_uuid(f"router/{ROUTER}"),
        "options": {
            "always_learn_from_arp_request": "false",
            "dynamic_neigh_routers": "true",
            "mac_binding_age_threshold": "300",
            "chassis": None,
        },
        "external_ids": {
            "neutron:router_name": "myrouter",
            "neutron:revision_number": "1",
            "neutron:availability_zone_hints": "",
        },
    }


def test_extra_routes_are_rows_of_their_own() -> None:
    routes = [ExtraRoute("192.0.2.0/24", "10.50.0.9"), ExtraRoute("192.0.2.0/24", "10.50.0.10")]
    rows = plan_router(RouterView(a_router(an_interface(), extra_routes=routes)))[1:3]
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
        "options": {"gateway_mtu": None, "reside-on-redirect-chassis": None, "redirect-type": None},
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


def test_bridged_networks_with_distributed_floating_ips_are_routed_everywhere() -> None:
    router = a_router(an_interface(network_type="vlan"), a_gateway(), distributed=True)
    assert interface_row(router).columns["options"]["reside-on-redirect-chassis"] == "false"
    gateway = plan_router_port(router, router.gateways[0], [])[0]
    assert gateway.columns["options"]["redirect-type"] == "bridged"
    mixed = a_router(an_interface(network_type="vlan"), an_interface(port_id=ROUTER), a_gateway(), distributed=True)
    assert interface_row(mixed).columns["options"]["reside-on-redirect-chassis"] == "true"


def test_with_several_gateways_ovn_is_not_asked_for_one_chassis_that_routes() -> None:
    gateways = [a_gateway(), a_gateway(port_id=OTHER_GATEWAY, position=1)]
    router = a_router(an_interface(network_type="vlan", physical_network="physical1"), *gateways)
    assert interface_row(router).columns["options"]["reside-on-redirect-chassis"] is None


def test_router_whose_way_out_is_a_tunnel_is_on_one_chassis() -> None:
    gateway = a_gateway(network_type="geneve", physical_network=None, chassis=["two", "one"])
    router = a_router(an_interface(), gateway)
    chassis = [a_chassis("one"), a_chassis("two")]
    row, *_ = plan_router(RouterView(router, chassis))
    assert row.columns["options"]["chassis"] == "two"
    tables = [row.table for row in plan_router_port(router, gateway, chassis)]
    assert tables == ["Logical_Router_Port", "Logical_Router_Static_Route", "NAT"]
    unserved, *_ = plan_router(RouterView(router, []))
    assert unserved.columns["options"]["chassis"] is None


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
    hostile = whole(a_router(an_interface(), a_gateway(), name='"; $as | {}'))
    plain = whole(a_router(an_interface(), a_gateway()))
    changed = [
        (column, row.columns[column])
        for row, other in zip(hostile, plain, strict=True)
        for column in row.columns
        if row.columns[column] != other.columns[column]
    ]
    assert [column for column, _ in changed] == ["external_ids"]
