"""What changed rows mean to packets, in words."""

from collections.abc import Sequence

import pytest

from northbound.ports.plan import plan_port
from northbound.ports.port import METADATA_OWNER
from northbound.routers.plan import RouterView, plan_router, plan_router_port
from northbound.security_group_rules.match import rule_match
from northbound.translation.reachability import changes, read_match
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.factories import a_port_view, an_id
from tests.unit.northbound.floating_ips.test_plan import associated
from tests.unit.northbound.routers.factories import a_gateway, a_router, an_interface
from tests.unit.northbound.security_group_rules.factories import OTHER_GROUP, a_rule, rows_of


def texts(before: Sequence[Row], after: Sequence[Row], **members: Sequence[str]) -> list[tuple[str, str]]:
    return [(fact["effect"], fact["text"]) for fact in changes(before, after, members)]


PORT = an_id("port")
NETWORK = an_id("network")


def test_nothing_changed_is_nothing_said() -> None:
    rows = plan_port(a_port_view())
    assert texts(rows, rows) == []


def test_new_port_is_in_its_network_under_its_groups_and_its_own_addresses() -> None:
    assert texts([], plan_port(a_port_view())) == [
        ("gained", f"10.50.0.9 of port {PORT} is in network {NETWORK}"),
        ("gained", f"port {PORT} may send as 10.50.0.9 with MAC fa:16:3e:00:00:09"),
        ("gained", f"port {PORT} obeys the rules of security group {an_id('group')}"),
    ]


def test_disabled_port_loses_everything() -> None:
    found = texts(plan_port(a_port_view()), plan_port(a_port_view(admin_state_up=False)))
    assert [effect for effect, _ in found] == ["lost"] * 3


def test_port_without_port_security_is_said_to_be_unfiltered() -> None:
    found = texts(plan_port(a_port_view()), plan_port(a_port_view(port_security_enabled=False)))
    assert ("gained", f"port {PORT} may send and is sent everything: nothing filters it") in found
    assert ("lost", f"port {PORT} obeys the rules of security group {an_id('group')}") in found


def test_the_clouds_own_ports_are_nobodys_reachability() -> None:
    assert texts([], plan_port(a_port_view(device_owner=METADATA_OWNER))) == []


def test_rule_taken_away_is_a_permit_lost_by_the_groups_ports() -> None:
    rule = a_rule(protocol="tcp", port_range_min=22, port_range_max=22, remote_ip_prefix="192.0.2.0/24")
    group_id = rule.security_group_id
    (fact,) = changes(rows_of(rule), [], {names.port_group_uuid(group_id): ["p1", "p2"]})
    assert fact["effect"] == "lost"
    assert fact["text"] == f"the 2 ports of security group {group_id} accept IPv4 tcp port 22 from 192.0.2.0/24"
    assert (fact["rule"], fact["direction"], fact["ports"]) == (rule.id, "ingress", "p1 p2")


@pytest.mark.parametrize(
    ("said", "remote", "traffic"),
    [
        ({}, "anywhere", "IPv4"),
        ({"ethertype": "IPv6", "direction": "egress"}, "anywhere", "IPv6"),
        ({"remote_group_id": OTHER_GROUP}, f"the ports of security group {OTHER_GROUP}", "IPv4"),
        ({"protocol": "udp", "port_range_min": 5, "port_range_max": 9}, "anywhere", "IPv4 udp ports 5-9"),
        (
            {"protocol": "icmp", "port_range_min": 8, "port_range_max": 0},
            "anywhere",
            "IPv4 icmp4 type 8 code 0",
        ),
        ({"protocol": "47"}, "anywhere", "IPv4 47"),
    ],
)
def test_match_is_read_back_into_words(said: dict, remote: str, traffic: str) -> None:
    assert read_match(rule_match(a_rule(**said))) == (remote, traffic)


def test_interface_makes_its_subnet_routed() -> None:
    router, port = a_router(an_interface()), an_interface()
    (found,) = texts([], plan_router_port(router, port, []))
    text = f"10.50.0.0/16 of network {port.network_id} is routed by router {router.id}"
    assert found == ("gained", text)


def test_gateway_leads_out_and_translates() -> None:
    router = a_router(an_interface(), a_gateway())
    place, *found = texts([], plan_router_port(router, router.gateways[0], []))
    assert "leads to the external network" in place[1]
    assert found == [
        ("gained", f"router {router.id} leads 0.0.0.0/0 to 150.25.12.254"),
        ("gained", "10.50.0.0/16 reaches the outside as 150.25.12.7"),
    ]


def test_disabled_router_forwards_nothing() -> None:
    router, disabled = a_router(an_interface()), a_router(an_interface(), admin_state_up=False)
    found = texts(plan_router(RouterView(router)), plan_router(RouterView(disabled)))
    assert found == [("lost", f"router {router.id} forwards packets")]


def test_floating_ip_is_reachable_from_outside_while_it_is_associated() -> None:
    row = associated(a_router(an_interface(), a_gateway()))
    outside, inside = row.columns["external_ip"], row.columns["logical_ip"]
    assert texts([], [row]) == [("gained", f"{outside} is reachable from outside and is {inside}")]


def test_load_balancer_answers_at_its_vip() -> None:
    row = Row(
        "Load_Balancer", "load_balancer/x", an_id("x"), {"vips": {"10.0.0.5:80": "10.0.0.6:80"}, "protocol": "tcp"}
    )
    assert texts([], [row]) == [("gained", "10.0.0.5:80 (tcp) is answered by 10.0.0.6:80")]


def test_names_of_tenants_are_never_part_of_what_is_said() -> None:
    said = changes([], plan_port(a_port_view(name="evil name")), {})
    assert said
    assert "evil" not in str(said)
