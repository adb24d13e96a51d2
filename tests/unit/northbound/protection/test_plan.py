"""What guests make ovn-controller do is metered, of each network and each router apart."""

from northbound.networks.plan import plan_network
from northbound.ports.plan import plan_port
from northbound.protection.plan import PACKETS_PER_S, PROTOCOLS, plan_protection
from northbound.routers.plan import RouterView, plan_router
from tests.unit.northbound.factories import a_network, a_port_view
from tests.unit.northbound.routers.factories import a_router

OF_OVN = {
    *("arp", "arp-resolve", "dhcpv4-opts", "dhcpv6-opts", "dns", "event-elb", "icmp4-error", "icmp6-error", "igmp"),
    *("nd-na", "nd-ns", "nd-ns-resolve", "nd-ra-opts", "tcp-reset", "bfd", "reject", "svc-monitor"),
}
"""Source: ovn-nb(5), Copp."""


def test_threat_d5_whatever_ovn_meters_is_metered_once() -> None:
    named = [protocol for protocols in PROTOCOLS.values() for protocol in protocols]
    assert (len(named), set(named)) == (len(OF_OVN), OF_OVN)


def test_each_meter_that_is_named_is_there_with_its_rate() -> None:
    policy, *meters = plan_protection("network/n", "n")
    rates = {meter.columns["name"]: band.columns["rate"] for meter, band in zip(meters[::2], meters[1::2], strict=True)}
    assert set(policy.columns["meters"].values()) == set(rates)
    assert sorted(rates.values()) == sorted(PACKETS_PER_S.values())
    assert [row.inside for row in meters[1::2]] == [("Meter", row.uuid, "bands") for row in meters[::2]]


def test_threat_d5_port_without_filters_has_a_limit_of_its_own() -> None:
    filtered, unfiltered = (plan_port(a_port_view(port_security_enabled=enabled)) for enabled in (True, False))
    assert not [row for row in filtered if row.table == "QoS"]
    (limit,) = (row for row in unfiltered if row.table == "QoS")
    name = next(row.columns["name"] for row in unfiltered if row.table == "Logical_Switch_Port")
    assert limit.columns["match"].startswith(f'inport == "{name}" && (')
    (shared,) = (row for row in plan_network(a_network()) if row.table == "QoS")
    assert limit.columns["bandwidth"] == shared.columns["bandwidth"]


def test_networks_and_routers_have_their_own() -> None:
    of_network, of_router = plan_network(a_network()), plan_router(RouterView(a_router()))
    policies = [next(row for row in rows if row.table == "Copp") for rows in (of_network, of_router)]
    assert [rows[0].columns["copp"] for rows in (of_network, of_router)] == [policy.uuid for policy in policies]
    meters = [{row.columns["name"] for row in rows if row.table == "Meter"} for rows in (of_network, of_router)]
    assert len(meters[0] | meters[1]) == 2 * len(PACKETS_PER_S)
