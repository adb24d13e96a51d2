"""Values of extra DHCP options: written anew by their type, never passed on."""

import pytest

from northbound.networks.network import InvalidInput
from northbound.ports.dhcp_options import check, overlay
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


def test_addresses_are_written_in_their_canonical_spelling() -> None:
    assert overlay([DhcpOption("dns-server", "{9.9.9.9,8.8.8.8}")], 4) == {"dns_server": "{9.9.9.9, 8.8.8.8}"}
    assert overlay([DhcpOption("dns-server", "FD00:0::1", 6)], 6) == {"dns_server": "{fd00::1}"}
