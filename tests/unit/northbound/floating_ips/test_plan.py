"""The row that a floating IP is in OVN."""

import pytest

from northbound.floating_ips.floating_ip import FloatingIp, Forwarding, PortDetails
from northbound.floating_ips.plan import FloatingIpView, plan_floating_ip
from northbound.routers.router import Router
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.routers.factories import (
    INSIDE_NETWORK,
    OUTSIDE_PORT,
    ROUTER,
    a_gateway,
    a_router,
    an_interface,
)

FLOATING_IP = "11111111-1111-4111-8111-111111111111"
PORT = "22222222-2222-4222-8222-222222222222"
MAC = "fa:16:3e:00:00:09"
NETWORK = "44444444-4444-4444-8444-444444444444"


def a_floating_ip(**said: object) -> FloatingIp:
    values = {
        "id": FLOATING_IP,
        "project_id": "red",
        "description": "",
        "floating_network_id": NETWORK,
        "floating_ip_address": "150.25.12.9",
        "reservation_port_id": "55555555-5555-4555-8555-555555555555",
        "mac_address": MAC,
    }
    return FloatingIp(**(values | said))


def associated(router: Router, status: str = "ACTIVE", *, is_member: bool = False) -> Row:
    """The row of a floating IP that the router translates."""
    details = PortDetails("web", NETWORK, "fa:16:3e:00:00:05", True, status, "", "")
    floating_ip = a_floating_ip(
        port_id=PORT,
        fixed_ip_address="10.50.0.5",
        router_id=ROUTER,
        gateway_port_id=OUTSIDE_PORT,
        port_details=details,
    )
    (row,) = plan_floating_ip(FloatingIpView(floating_ip, router, is_member))
    return row


def test_floating_ip_of_nothing_is_nothing() -> None:
    assert plan_floating_ip(FloatingIpView(a_floating_ip())) == []


def test_associated_floating_ip_is_translated_both_ways_by_the_router() -> None:
    row = associated(a_router(an_interface(), a_gateway()))
    assert (row.table, row.uuid, row.owner) == ("NAT", FLOATING_IP, f"floating_ip/{FLOATING_IP}")
    assert row.inside == ("Logical_Router", ROUTER, "nat")
    assert row.columns == {
        "type": "dnat_and_snat",
        "external_ip": "150.25.12.9",
        "logical_ip": "10.50.0.5",
        "logical_port": PORT,
        "external_mac": None,
        "gateway_port": None,
        "options": {"stateless": "false"},
        "external_ids": {
            "neutron:fip_id": FLOATING_IP,
            "neutron:revision_number": "1",
            "neutron:fip_port_id": PORT,
            "neutron:router_name": f"neutron-{ROUTER}",
            "neutron:fip_external_mac": "fa:16:3e:00:00:09",
            "neutron:fip_network_id": NETWORK,
        },
    }


@pytest.mark.parametrize(
    ("distributed", "network_type", "status", "mac"),
    [
        (True, "flat", "ACTIVE", MAC),
        (True, "flat", "DOWN", None),
        (True, "geneve", "ACTIVE", None),
        (False, "flat", "ACTIVE", None),
    ],
)
def test_floating_ip_is_translated_at_its_port_while_that_is_up(
    distributed: bool, network_type: str, status: str, mac: str | None
) -> None:
    router = a_router(an_interface(), a_gateway(network_type=network_type), distributed=distributed)
    assert associated(router, status).columns["external_mac"] == mac


def test_member_of_a_load_balancer_is_translated_where_its_answers_go() -> None:
    router = a_router(an_interface(), a_gateway(network_type="flat"), distributed=True)
    assert associated(router, is_member=True).columns["external_mac"] is None


def test_of_several_gateways_the_one_that_translates_is_said() -> None:
    second = a_gateway(port_id="88888888-8888-4888-8888-888888888888", position=1)
    row = associated(a_router(an_interface(), a_gateway(), second))
    assert row.columns["gateway_port"] == names.router_port_uuid(OUTSIDE_PORT)


def test_forwarded_ports_are_a_load_balancer_per_protocol_where_guests_are() -> None:
    forwardings = [
        Forwarding(
            id=PORT,
            protocol=protocol,
            external_from=external,
            external_to=external + count,
            internal_from=22,
            internal_to=22 + (count if spread else 0),
            internal_port_id=PORT,
            internal_ip_address="10.50.0.5",
        )
        for protocol, external, count, spread in (("tcp", 80, 0, True), ("tcp", 90, 1, False), ("udp", 50, 1, True))
    ]
    floating_ip = a_floating_ip(router_id=ROUTER, port_forwardings=forwardings)
    tcp, udp = plan_floating_ip(FloatingIpView(floating_ip, a_router(an_interface(), a_gateway())))
    assert tcp.columns["vips"] == {f"150.25.12.9:{port}": "10.50.0.5:22" for port in (80, 90, 91)}
    assert udp.columns["vips"] == {"150.25.12.9:50": "10.50.0.5:22", "150.25.12.9:51": "10.50.0.5:23"}
    assert udp.columns["name"] == f"pf-floatingip-{FLOATING_IP}-udp"
    assert tcp.members == (
        ("Logical_Router", ROUTER, "load_balancer"),
        ("Logical_Switch", INSIDE_NETWORK, "load_balancer"),
    )
