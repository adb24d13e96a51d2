"""Addresses of groups: how clients write them, and the sets that they become."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northbound.address_groups.address_group import AddressGroup
from northbound.address_groups.plan import plan_address_group
from northbound.address_groups.ranges import MOST_ADDRESSES, expand, expand_all, merged

GROUP = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("text", "cidrs"),
    [
        ("10.0.0.7/32", ["10.0.0.7/32"]),
        ("10.0.0.7/24", ["10.0.0.0/24"]),
        ("2001:DB8::1/64", ["2001:db8::/64"]),
        ("10.0.0.1-10.0.0.4", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]),
        ("10.0.0.5 - 10.0.0.5", ["10.0.0.5/32"]),
        ("fd00::1-fd00::3", ["fd00::1/128", "fd00::2/127"]),
    ],
)
def test_entry_becomes_cidrs(text: str, cidrs: list[str]) -> None:
    assert expand(text) == cidrs


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1", "10.0.0.9-10.0.0.1", "10.0.0.1-fd00::1", "10.0.0.1-", "010.0.0.0/8", "fe80::1%eth0/64", "", "$as"],
)
def test_threat_n4_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="valid|range|zone"):
        expand(text)


def test_entries_beyond_the_bound_are_not_looked_at() -> None:
    looked_at = []

    def entries() -> Iterator[str]:
        for number in range(1, 1000):
            looked_at.append(number)
            yield f"{number:x}::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"

    assert len(expand_all(entries())) > MOST_ADDRESSES
    assert len(looked_at) < 10


def test_address_alone_is_itself_where_it_may_be() -> None:
    assert expand("10.0.0.1", bare=True) == ["10.0.0.1/32"]


def test_sets_hold_no_overlap_and_no_mask_of_nothing() -> None:
    assert merged(["10.0.0.0/25", "10.0.0.128/25", "10.0.0.7/32", "fd00::/64"], 4) == ["10.0.0.0/24"]
    assert merged(["0.0.0.0/0", "10.0.0.0/8"], 4) == ["0.0.0.0/1", "128.0.0.0/1"]
    assert merged(["::/0"], 6) == ["::/1", "8000::/1"]


@given(st.sampled_from([4, 6]).flatmap(lambda version: st.lists(blocks(version), max_size=20)))
def test_sets_are_as_small_as_they_can_be(networks: list) -> None:
    """As the standard library has them, which takes ten times as long."""
    for version in (4, 6):
        wanted = [network for network in networks if network.version == version and network.prefixlen > 0]
        assert merged([str(network) for network in wanted], version) == [
            str(half)
            for network in collapse_addresses(wanted)
            for half in (network.subnets() if network.prefixlen == 0 else [network])
        ]


def blocks(version: int) -> st.SearchStrategy:
    """Networks of which many touch: few bits differ."""
    bits = 32 if version == 4 else 128
    width = {4: IPv4Network, 6: IPv6Network}[version]
    return st.builds(
        lambda low, high, length: width((low | high << (bits - 3), length), strict=False),
        *(st.integers(0, 7), st.integers(0, 7), st.sampled_from([1, 2, 3, bits - 3, bits - 2, bits - 1, bits])),
    )


@given(st.lists(st.ip_addresses(v=4), max_size=20))
def test_threat_n7_sets_hold_exactly_the_addresses(addresses: list) -> None:
    """Every address is in the set of its family, and the other family's is empty, which matches nothing."""
    group = AddressGroup(id=GROUP, project_id="p", name="", addresses=[f"{address}/32" for address in addresses])
    four, six = plan_address_group(group)
    assert four.columns["name"] == "ag_11111111_1111_4111_8111_111111111111_ip4"
    assert sum(2 ** (32 - int(cidr.split("/")[1])) for cidr in four.columns["addresses"]) == len(set(addresses))
    assert six.columns["addresses"] == []
