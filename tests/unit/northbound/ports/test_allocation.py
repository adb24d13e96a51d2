"""Which addresses a port gets."""

import pytest

from northbound.networks.network import InvalidInput
from northbound.ports.allocation import (
    Wish,
    choose_default,
    choose_requested,
    split_kept,
)
from northbound.ports.errors import (
    AutonomousSubnet,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
)
from northbound.ports.port import AddressRequest, FixedIp
from tests.unit.northbound.factories import a_subnet, an_id

MAC = "fa:16:3e:00:00:09"
FIRST, SECOND = a_subnet("first"), a_subnet("second", cidr="10.51.0.0/24")
SLAAC = a_subnet("slaac", cidr="fd00::/64", ipv6_address_mode="slaac")
SLAAC_IP = "fd00::f816:3eff:fe00:9"


def choose(*requests: AddressRequest, routing: bool = False) -> list[Wish]:
    return choose_requested(requests, [FIRST, SECOND, SLAAC], an_id("network"), MAC, routing=routing)


def test_port_gets_an_address_of_each_version_and_of_each_autonomous_subnet() -> None:
    managed = a_subnet("managed", cidr="fd01::/64")
    assert choose_default([FIRST, SECOND, SLAAC, managed], MAC, "") == [
        Wish([FIRST.id, SECOND.id]),
        Wish([managed.id]),
        Wish([SLAAC.id], SLAAC_IP),
    ]
    assert choose_default([], MAC, "") == []


def test_subnets_of_a_service_serve_its_ports_alone() -> None:
    special = a_subnet("special", service_types=["network:floatingip"])
    assert choose_default([FIRST, special], MAC, "network:floatingip") == [Wish([special.id])]
    assert choose_default([FIRST, special], MAC, "compute:nova") == [Wish([FIRST.id])]


def test_requests_are_matched_with_subnets() -> None:
    assert choose(
        AddressRequest(FIRST.id),
        AddressRequest(None, "10.51.0.9"),
        AddressRequest(FIRST.id, "10.50.0.9"),
        AddressRequest(SLAAC.id),
    ) == [
        Wish([FIRST.id]),
        Wish([SECOND.id], "10.51.0.9"),
        Wish([FIRST.id], "10.50.0.9"),
        Wish([SLAAC.id], SLAAC_IP),
    ]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (AddressRequest(an_id("foreign")), InvalidInput),
        (AddressRequest(), InvalidInput),
        (AddressRequest(FIRST.id, "10.51.0.9"), InvalidIpForSubnet),
        (AddressRequest(FIRST.id, "10.50.0.0"), InvalidIpForSubnet),
        (AddressRequest(None, "10.50.0.255"), InvalidIpForSubnet),
        (AddressRequest(None, "192.0.2.1"), InvalidIpForNetwork),
        (AddressRequest(SLAAC.id, "fd00::1"), AutonomousSubnet),
    ],
)
def test_request_that_fits_nowhere_is_refused(request_: AddressRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        choose(request_)


def test_router_may_stand_anywhere_in_an_autonomous_subnet() -> None:
    assert choose(AddressRequest(SLAAC.id, "fd00::1"), routing=True) == [Wish([SLAAC.id], "fd00::1")]


def test_new_addresses_keep_those_that_are_named_again() -> None:
    held = [FixedIp(FIRST.id, "10.50.0.9"), FixedIp(FIRST.id, "10.50.0.10"), FixedIp(SECOND.id, "10.51.0.9")]
    wanted = [AddressRequest(FIRST.id), AddressRequest(FIRST.id, "10.50.0.9"), AddressRequest(None, "10.51.0.7")]
    kept, new = split_kept(wanted, held)
    assert kept == held[:2]
    assert new == [AddressRequest(None, "10.51.0.7")]
