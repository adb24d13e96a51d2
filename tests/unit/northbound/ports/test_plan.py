"""The rows that a port is in OVN."""

import msgspec
import pytest

from northbound.ports.plan import VirtualAddress, plan_port
from northbound.ports.port import AddressPair, DhcpOption
from northbound.trunks.membership import Parent
from southbound import names
from southbound.ovsdb.rows import Row
from tests.unit.northbound.factories import PROJECT, a_port_view, a_subnet_view, an_id

PORT, NETWORK, SUBNET, GROUP = an_id("port"), an_id("network"), an_id("subnet"), an_id("group")
MAC = "fa:16:3e:00:00:09"


def the_row(**said: object) -> Row:
    (row,) = [row for row in plan_port(a_port_view(**said)) if row.table != "QoS"]
    return row


def groups(row: Row) -> set[str]:
    return {uuid for table, uuid, column in row.members if (table, column) == ("Port_Group", "ports")}


def test_port_is_a_switch_port_in_its_groups() -> None:
    row = the_row(host="host1", device_id="server1", device_owner="compute:nova")
    assert (row.table, row.uuid) == ("Logical_Switch_Port", names.switch_port_uuid(PORT))
    assert row.inside == ("Logical_Switch", NETWORK, "ports")
    assert groups(row) == {names.drop_group_uuid(NETWORK), names.port_group_uuid(GROUP)}
    assert row.columns == {
        "name": PORT,
        "type": "",
        "enabled": True,
        "addresses": [f"{MAC} 10.50.0.9"],
        "port_security": [f"{MAC} 10.50.0.9"],
        "options": {
            "requested-chassis": "host1",
            "activation-strategy": None,
            "router-port": None,
            "nat-addresses": None,
            "virtual-ip": None,
            "virtual-parents": None,
            **dict.fromkeys(("qos_min_rate", "qos_max_rate", "qos_burst")),
        },
        "ha_chassis_group": None,
        "parent_name": None,
        "tag_request": None,
        "dhcpv4_options": names.dhcp_options_uuid(SUBNET),
        "dhcpv6_options": None,
        "external_ids": {
            "neutron:port_name": "port",
            "neutron:device_id": "server1",
            "neutron:device_owner": "compute:nova",
            "neutron:project_id": PROJECT,
            "neutron:cidrs": "10.50.0.9/24",
            "neutron:subnet_pool_addr_scope4": "",
            "neutron:subnet_pool_addr_scope6": "",
            "neutron:network_name": f"neutron-{NETWORK}",
            "neutron:security_group_ids": GROUP,
            "neutron:revision_number": "1",
            "neutron:vnic_type": "normal",
            "neutron:port_capabilities": "",
            "neutron:mtu": "",
            "neutron:host_id": "host1",
        },
    }


def test_subport_is_nested_in_its_parent_and_bound_with_it() -> None:
    view = a_port_view(device_owner="trunk:subport", host="host1")
    (row,) = plan_port(msgspec.structs.replace(view, parent=Parent(an_id("parent"), "host1", 101)))
    assert (row.columns["parent_name"], row.columns["tag_request"]) == (an_id("parent"), 101)
    assert row.columns["options"]["requested-chassis"] is None
    assert groups(row) == {names.drop_group_uuid(NETWORK), names.port_group_uuid(GROUP)}


def test_card_outside_the_bridge_is_answered_for_by_a_group_of_chassis() -> None:
    row = the_row(host="host1", vnic_type="direct", device_owner="compute:nova")
    assert (row.columns["type"], row.columns["ha_chassis_group"]) == ("external", names.external_group_uuid(NETWORK))
    assert row.columns["options"]["requested-chassis"] is None
    plugged = the_row(host="host1", vnic_type="direct", profile={"capabilities": ["switchdev", 7]})
    assert (plugged.columns["type"], plugged.columns["ha_chassis_group"]) == ("", None)
    assert plugged.columns["options"]["requested-chassis"] == "host1"
    assert plugged.columns["external_ids"]["neutron:port_capabilities"] == "switchdev"


@pytest.mark.parametrize(
    ("host", "destinations", "profile", "requested", "strategy"),
    [
        ("host1", ("host2",), {}, "host1,host2", "rarp"),
        ("host1", (), {"migrating_to": "host2"}, "host1,host2", "rarp"),
        ("host1", ("host2",), {"migrating_to": "host2"}, "host1,host2", "rarp"),
        ("host1", (), {"migrating_to": "host1"}, "host1", None),
        ("host1", (), {"migrating_to": "a,b"}, "host1", None),
        ("host1", (), {"migrating_to": ["host2"]}, "host1", None),
        ("", ("host2",), {"migrating_to": "host2"}, None, None),
    ],
)
def test_port_that_moves_is_prepared_where_it_goes(
    host: str, destinations: tuple[str, ...], profile: dict, requested: str | None, strategy: str | None
) -> None:
    view = msgspec.structs.replace(a_port_view(host=host, profile=profile), destinations=destinations)
    (row,) = plan_port(view)
    assert row.columns["options"]["requested-chassis"] == requested
    assert row.columns["options"]["activation-strategy"] == strategy


def test_address_that_others_take_over_from_each_other_makes_the_port_virtual() -> None:
    virtual = VirtualAddress("10.50.0.9", [an_id("one"), an_id("other")])
    (row,) = plan_port(msgspec.structs.replace(a_port_view(), virtual=virtual))
    assert row.columns["type"] == "virtual"
    options = row.columns["options"]
    assert (options["virtual-ip"], options["virtual-parents"]) == ("10.50.0.9", f"{an_id('one')},{an_id('other')}")
    (router,) = plan_port(msgspec.structs.replace(a_port_view(device_owner="network:router_gateway"), virtual=virtual))
    assert router.columns["type"] == "router"


def test_addresses_keep_the_tenants_order() -> None:
    assert the_row(ips=("10.50.0.9", "10.50.0.3")).columns["addresses"] == [f"{MAC} 10.50.0.9 10.50.0.3"]
    assert the_row(ips=()).columns["addresses"] == [MAC]


def test_address_pairs_are_allowed_beside_the_own_address() -> None:
    pairs = [AddressPair(MAC, "10.50.1.0/24"), AddressPair("fa:16:3e:00:00:0a", "10.50.0.77")]
    row = the_row(allowed_address_pairs=pairs)
    assert row.columns["addresses"] == [f"{MAC} 10.50.0.9", "fa:16:3e:00:00:0a"]
    assert row.columns["port_security"] == [f"{MAC} 10.50.0.9 10.50.1.0/24", "fa:16:3e:00:00:0a 10.50.0.77"]


def test_threat_d3_unknown_only_without_port_security() -> None:
    assert "unknown" not in the_row().columns["addresses"]
    free = the_row(port_security_enabled=False, security_groups=[])
    assert free.columns["addresses"] == [f"{MAC} 10.50.0.9", "unknown"]
    assert free.columns["port_security"] == []
    assert groups(free) == set()


def test_port_without_groups_is_in_the_default_deny_group() -> None:
    assert groups(the_row(security_groups=[])) == {names.drop_group_uuid(NETWORK)}


def test_threat_n10_port_without_address_sends_nothing() -> None:
    assert groups(the_row(ips=())) == {names.drop_group_uuid(NETWORK)}


def test_metadata_port_is_a_trusted_localport() -> None:
    row = the_row(device_owner="network:distributed", security_groups=[])
    assert row.columns["type"] == "localport"
    assert row.columns["external_ids"]["neutron:mtu"] == "1442"
    assert row.columns["dhcpv4_options"] is None
    assert (row.columns["port_security"], groups(row)) == ([], set())


def test_routers_port_peers_with_its_router_port() -> None:
    inside = the_row(device_owner="network:router_interface", security_groups=[]).columns
    assert (inside["type"], inside["addresses"]) == ("router", ["router"])
    assert inside["options"]["router-port"] == f"lrp-{PORT}"
    assert inside["options"]["nat-addresses"] is None
    outside = the_row(device_owner="network:router_gateway", security_groups=[]).columns
    assert outside["options"]["nat-addresses"] == "router"
    assert outside["options"]["exclude-lb-vips-from-garp"] == "true"


def test_reservation_of_a_floating_ip_is_no_switch_port() -> None:
    assert plan_port(a_port_view(device_owner="network:floatingip")) == []


def test_disabled_port_says_so() -> None:
    assert the_row(admin_state_up=False).columns["enabled"] is False


def test_subnet_without_dhcp_serves_nobody() -> None:
    assert the_row(subnets=(a_subnet_view(enable_dhcp=False),)).columns["dhcpv4_options"] is None


def test_extra_options_make_a_row_of_the_ports_own() -> None:
    extra = [DhcpOption("bootfile-name", "pxelinux.0"), DhcpOption("router", None), DhcpOption("26", "1300")]
    own, port = plan_port(a_port_view(extra_dhcp_opts=extra))
    assert port.columns["dhcpv4_options"] == own.uuid == names.port_dhcp_options_uuid(PORT, 4)
    assert own.columns["options"]["bootfile_name"] == '"pxelinux.0"'
    assert own.columns["options"]["mtu"] == "1300"
    assert "router" not in own.columns["options"]
    assert own.columns["options"]["server_id"] == "10.50.0.1"
    assert own.columns["external_ids"]["port_id"] == PORT


def test_managed_ipv6_comes_before_stateless() -> None:
    stateless = a_subnet_view("stateless", cidr="fd00::/64", ipv6_address_mode="dhcpv6-stateless")
    managed = a_subnet_view("managed", cidr="fd01::/64", ipv6_address_mode="dhcpv6-stateful")
    row = the_row(ips=(), subnets=(stateless, managed))
    assert row.columns["dhcpv6_options"] == names.dhcp_options_uuid(managed.id)
