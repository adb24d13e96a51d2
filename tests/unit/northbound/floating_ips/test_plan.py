"""The row that a floating IP is in OVN."""

from northbound.floating_ips.floating_ip import FloatingIp
from northbound.floating_ips.plan import plan_floating_ip

FLOATING_IP = "11111111-1111-4111-8111-111111111111"
PORT = "22222222-2222-4222-8222-222222222222"
ROUTER = "33333333-3333-4333-8333-333333333333"
NETWORK = "44444444-4444-4444-8444-444444444444"


def a_floating_ip(**said: object) -> FloatingIp:
    values = {
        "id": FLOATING_IP,
        "project_id": "red",
        "description": "",
        "floating_network_id": NETWORK,
        "floating_ip_address": "150.25.12.9",
        "reservation_port_id": "55555555-5555-4555-8555-555555555555",
        "mac_address": "fa:16:3e:00:00:09",
    }
    return FloatingIp(**(values | said))


def test_floating_ip_of_nothing_is_nothing() -> None:
    assert plan_floating_ip(a_floating_ip()) == []


def test_associated_floating_ip_is_translated_both_ways_by_the_router() -> None:
    (row,) = plan_floating_ip(a_floating_ip(port_id=PORT, fixed_ip_address="10.50.0.5", router_id=ROUTER))
    assert (row.table, row.uuid, row.owner) == ("NAT", FLOATING_IP, f"floating_ip/{FLOATING_IP}")
    assert row.inside == ("Logical_Router", ROUTER, "nat")
    assert row.columns == {
        "type": "dnat_and_snat",
        "external_ip": "150.25.12.9",
        "logical_ip": "10.50.0.5",
        "logical_port": PORT,
        "external_mac": None,
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
