"""What DHCP says in a subnet."""

import pytest

from northbound.subnets.plan import options_v4, options_v6, plan_subnet
from northbound.subnets.subnet import HostRoute
from southbound import names
from tests.unit.northbound.factories import a_subnet_view, an_id

SUBNET = an_id("subnet")


def test_subnet_is_one_row_of_dhcp_options() -> None:
    (row,) = plan_subnet(a_subnet_view(dns_nameservers=["9.9.9.9", "1.1.1.1"]))
    assert (row.table, row.uuid, row.inside) == ("DHCP_Options", names.dhcp_options_uuid(SUBNET), None)
    mac = row.columns["options"]["server_mac"]
    assert mac.startswith("fa:16:3e:")
    assert row.columns == {
        "cidr": "10.50.0.0/24",
        "options": {
            "server_id": "10.50.0.1",
            "server_mac": mac,
            "lease_time": "43200",
            "mtu": "1442",
            "router": "10.50.0.1",
            "classless_static_route": "{169.254.169.254/32,10.50.0.2, 0.0.0.0/0,10.50.0.1}",
            "dns_server": "{9.9.9.9, 1.1.1.1}",
        },
        "external_ids": {
            "subnet_id": SUBNET,
            "neutron:network_id": an_id("network"),
            "neutron:revision_number": "1",
        },
    }
    assert plan_subnet(a_subnet_view(dns_nameservers=["9.9.9.9", "1.1.1.1"])) == [row]


def test_metadata_port_serves_where_there_is_no_gateway() -> None:
    options = options_v4(a_subnet_view(gateway_ip=None))
    assert options["server_id"] == "10.50.0.2"
    assert "router" not in options
    assert options["classless_static_route"] == "{169.254.169.254/32,10.50.0.2}"
    assert options_v4(a_subnet_view(gateway_ip=None, metadata_ip=None)) == {}


def test_host_routes_come_with_the_default_route() -> None:
    routes = [HostRoute("10.1.0.0/16", "10.50.0.7")]
    options = options_v4(a_subnet_view(metadata_ip=None, host_routes=routes))
    assert options["classless_static_route"] == "{10.1.0.0/16,10.50.0.7, 0.0.0.0/0,10.50.0.1}"
    assert "classless_static_route" not in options_v4(a_subnet_view(metadata_ip=None))


@pytest.mark.parametrize("nameservers", [[], ["0.0.0.0"]])
def test_no_nameserver_is_told_when_there_is_none(nameservers: list[str]) -> None:
    assert "dns_server" not in options_v4(a_subnet_view(dns_nameservers=nameservers))


def test_subnet_without_dhcp_or_with_slaac_has_no_row() -> None:
    assert plan_subnet(a_subnet_view(enable_dhcp=False)) == []
    assert plan_subnet(a_subnet_view(cidr="fd00::/64", ipv6_address_mode="slaac")) == []


def test_ipv6_says_who_serves_and_whether_it_hands_out_addresses() -> None:
    stateless = options_v6(a_subnet_view(cidr="fd00::/64", ipv6_address_mode="dhcpv6-stateless"))
    assert stateless["dhcpv6_stateless"] == "true"
    assert stateless["server_id"].startswith("fa:16:3e:")
    assert "dhcpv6_stateless" not in options_v6(a_subnet_view(cidr="fd00::/64", ipv6_address_mode="dhcpv6-stateful"))
