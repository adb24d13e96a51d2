"""Values of extra DHCP options: written anew by their type, never passed on."""

import pytest

from northbound.networks.network import InvalidInput
from northbound.ports.dhcp_options import check, merge, overlay
from northbound.ports.port import DhcpOption


@pytest.mark.parametrize(
    ("name", "value", "ip_version"),
    [
        ("router", "fd00::1", 4),
        ("router", "fe80::1%eth0", 4),
        ("router", 'fe80::1%"\n}', 4),
        ("dns-server", "9.9.9.9, fd00::1", 4),
        ("dns-server", "9.9.9.9", 6),
        ("dns-server", 'fd00::1, fe80::1%"} x', 6),
    ],
)
def test_threat_n5_address_of_another_kind_is_refused(name: str, value: str, ip_version: int) -> None:
    with pytest.raises(InvalidInput, match=name):
        check([DhcpOption(name, value, ip_version)])


@pytest.mark.parametrize(
    "name", ["domain-name", "bootfile-name", "wpad", "path-prefix", "tftp-server", "domain-search", "121"]
)
@pytest.mark.parametrize("value", ['a"b', "a\nb", "a}b", "a{b", "a b", "a;b", "a\x00b", "a,b,", ""])
def test_threat_n5_value_that_could_end_an_option_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        check([DhcpOption(name, value)])


@pytest.mark.parametrize("name", ["ia_addr", "59", "5", "hostname", "252\n", "x"])
@pytest.mark.parametrize("ip_version", [4, 6])
def test_threat_n5_name_that_is_not_listed_is_refused(name: str, ip_version: int) -> None:
    if (name, ip_version) == ("59", 4):
        name = "257"
    with pytest.raises(InvalidInput, match="not supported"):
        check([DhcpOption(name, "1", ip_version)])


@pytest.mark.parametrize(
    ("name", "value", "key", "written"),
    [
        ("1", "255.255.0.0", "netmask", "255.255.0.0"),
        ("log-server", "10.0.0.1,10.0.0.2", "log_server", "{10.0.0.1, 10.0.0.2}"),
        ("ip-forward-enable", "True", "ip_forward_enable", "1"),
        ("36", "0", "ethernet_encap", "0"),
        ("default_ttl", "64", "default_ttl", "64"),
        ("arp-timeout", "30", "arp_cache_timeout", "30"),
        ("tcp-keepalive", "30", "tcp_keepalive_interval", "30"),
        ("T1", "100", "T1", "100"),
        ("59", "200", "T2", "200"),
        ("tftp-server", "10.0.0.1", "tftp_server", "10.0.0.1"),
        ("66", "boot.example.org", "tftp_server", '"boot.example.org"'),
        ("domain-search", "Example.org., b.org", "domain_search_list", '"example.org,b.org"'),
        (
            "121",
            "10.1.0.0/16,10.0.0.7,0.0.0.0/0,10.0.0.1",
            "classless_static_route",
            "{10.1.0.0/16,10.0.0.7, 0.0.0.0/0,10.0.0.1}",
        ),
        ("tag:ipxe,67", "http://boot/x?a=1&b=2", "bootfile_name", '"http://boot/x?a=1&b=2"'),
        ("tag:!ipxe,67", "undionly.kpxe", "bootfile_name_alt", '"undionly.kpxe"'),
        ("255", "10.0.0.3", "next_server", "10.0.0.3"),
        ("server-ip-address", "10.0.0.3", "next_server", "10.0.0.3"),
    ],
)
def test_option_of_ipv4_is_written_by_its_type(name: str, value: str, key: str, written: str) -> None:
    assert overlay([DhcpOption(name, value)], 4) == {key: written}


def test_boot_server_of_ipv6_is_not_said_by_dhcp_of_ipv4() -> None:
    assert overlay([DhcpOption("server-ip-address", "2015::badd")], 4) == {"next_server": None}
    with pytest.raises(InvalidInput):
        check([DhcpOption("server-ip-address", '2015::badd%"x')])


def test_option_of_ipv6_is_written_by_its_type() -> None:
    said = [DhcpOption("24", "example.org", 6), DhcpOption("server-id", "FA:16:3E:00:00:01", 6)]
    assert overlay(said, 6) == {"domain_search": '"example.org"', "server_id": "fa:16:3e:00:00:01"}


def test_option_cannot_be_said_twice_by_name_and_number() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        check([DhcpOption("67", "a"), DhcpOption("bootfile-name", "b")])


def test_routes_of_a_port_are_added_to_those_of_its_subnet() -> None:
    of_subnet = {"classless_static_route": "{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.1}", "mtu": "1442"}
    of_port = overlay([DhcpOption("121", "0.0.0.0/0,10.0.0.9,10.1.0.0/16,10.0.0.9")], 4)
    assert merge(of_subnet, {**of_port, "mtu": None}) == {
        "classless_static_route": "{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.9, 10.1.0.0/16,10.0.0.9}"
    }


def test_addresses_are_written_in_their_canonical_spelling() -> None:
    assert overlay([DhcpOption("dns-server", "{9.9.9.9,8.8.8.8}")], 4) == {"dns_server": "{9.9.9.9, 8.8.8.8}"}
    assert overlay([DhcpOption("dns-server", "FD00:0::1", 6)], 6) == {"dns_server": "{fd00::1}"}
