"""Pools cover every host of a subnet but its gateway, once."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northbound.addresses.eui64 import slaac_address
from northbound.addresses.mac import PREFIX, mac_of, random_mac
from northbound.addresses.ranges import (
    LARGEST_SIZE,
    Pool,
    default_pools,
    first_host,
    is_host,
    outside,
    overlapping,
)
from northbound.addresses.settings import AddressSettings

SMALL_CIDRS = st.builds(
    lambda number, length: str(ipaddress.ip_network((number, length), strict=False)),
    st.integers(0x0A000000, 0x0AFFFFFF),
    st.integers(26, 32),
)


@settings(deadline=None)
@given(SMALL_CIDRS, st.integers(0, 63))
def test_default_pools_hold_every_host_but_the_gateway(cidr: str, place: int) -> None:
    network = ipaddress.ip_network(cidr)
    gateway = str(network[place % network.num_addresses])
    pools = default_pools(cidr, gateway)
    held = {str(ip) for ip in network if any(pool.holds(str(ip)) for pool in pools)}
    assert held == {str(ip) for ip in network.hosts()} - {gateway}
    assert sum(pool.size for pool in pools) == len(held)
    assert outside(cidr, pools) is None
    assert overlapping(pools) is None


@settings(deadline=None)
@given(SMALL_CIDRS)
def test_hosts_are_those_of_the_standard_library(cidr: str) -> None:
    network = ipaddress.ip_network(cidr)
    assert [str(ip) for ip in network if is_host(cidr, str(ip))] == [str(ip) for ip in network.hosts()]


@pytest.mark.parametrize(
    ("cidr", "gateway"),
    [("10.0.0.0/8", "10.0.0.1"), ("10.0.0.0/31", "10.0.0.0"), ("10.0.0.0/32", None), ("fd00::/64", "fd00::1")],
)
def test_gateway_is_the_first_host(cidr: str, gateway: str | None) -> None:
    assert first_host(cidr) == gateway


def test_size_of_a_huge_pool_is_capped() -> None:
    (pool,) = default_pools("fd00::/48", "fd00::1")
    assert (pool.first, pool.size) == ("fd00::2", LARGEST_SIZE)


def test_pools_that_touch_overlap() -> None:
    low, high = Pool("10.0.0.2", "10.0.0.9"), Pool("10.0.0.9", "10.0.0.20")
    assert overlapping([high, low]) == (low, high)
    assert overlapping([low, Pool("10.0.0.10", "10.0.0.20")]) is None


def test_address_of_a_guest_is_made_of_its_mac() -> None:
    assert slaac_address("2001:db8::/64", "00:16:3e:33:44:55") == "2001:db8::216:3eff:fe33:4455"


def test_macs_begin_as_configured_and_those_of_a_name_are_always_the_same() -> None:
    assert mac_of("subnet/1", PREFIX) == mac_of("subnet/1", PREFIX) != mac_of("subnet/2", PREFIX)
    assert len({random_mac(PREFIX) for _ in range(100)}) > 90
    for prefix in (PREFIX, "02:aa:bb", "02:aa:bb:cc"):
        assert all(mac.startswith(f"{prefix}:") and len(mac) == 17 for mac in (random_mac(prefix), mac_of("x", prefix)))


@pytest.mark.parametrize("prefix", ["", "fa:16", "fa:16:3e:00:00", "01:00:5e", "FA:16:3E", "fa-16-3e", "fa:16:3g"])
def test_prefix_that_makes_no_unicast_address_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="mac_prefix"):
        AddressSettings(mac_prefix=prefix)
