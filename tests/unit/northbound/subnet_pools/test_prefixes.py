"""Cutting subnets from the prefixes of a pool."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northbound.subnet_pools.prefixes import (
    MOST_PREFIXES,
    choose_free,
    covers,
    merged,
    overlaps,
    quota_units,
    without,
)


@pytest.mark.parametrize(
    ("prefixes", "taken", "length", "chosen"),
    [
        (["10.0.0.0/8"], [], 24, "10.0.0.0/24"),
        (["10.0.0.0/8"], ["10.0.0.0/24"], 24, "10.0.1.0/24"),
        (["10.0.0.0/8"], ["10.0.0.0/24", "10.0.2.0/24"], 24, "10.0.1.0/24"),
        (["10.0.0.0/8"], ["10.0.0.0/28"], 24, "10.0.1.0/24"),
        (["10.0.0.0/24"], ["10.0.0.0/25"], 25, "10.0.0.128/25"),
        (["10.0.0.0/24"], ["10.0.0.64/26"], 25, "10.0.0.128/25"),
        (["10.0.0.0/24"], ["10.0.0.0/25", "10.0.0.128/25"], 28, None),
        (["10.0.0.0/24"], [], 16, None),
        (["10.0.0.0/16", "192.168.0.0/24"], [], 24, "192.168.0.0/24"),
        (["10.0.0.0/16", "192.168.0.0/24"], ["192.168.0.0/28"], 24, "10.0.0.0/24"),
        (["fd00::/48"], ["fd00::/64"], 64, "fd00:0:0:1::/64"),
        (["10.0.0.0/32"], [], 32, "10.0.0.0/32"),
    ],
)
def test_first_gap_that_fits_is_chosen(prefixes: list[str], taken: list[str], length: int, chosen: str | None) -> None:
    assert choose_free(prefixes, taken, length) == chosen


@given(st.lists(st.integers(24, 32), max_size=40))
def test_cuts_never_overlap_and_lie_in_the_pool(lengths: list[int]) -> None:
    pool, cut = ["10.0.0.0/25", "10.0.1.0/26"], []
    for length in lengths:
        found = choose_free(pool, cut, length)
        if found is None:
            free = without(pool, cut) if cut else pool
            assert all(ipaddress.ip_network(prefix).prefixlen > length for prefix in free)
            continue
        assert covers(pool, found)
        assert not any(overlaps(found, other) for other in cut)
        cut.append(found)


def test_prefixes_are_merged_and_taken_apart() -> None:
    assert merged(["10.0.1.0/24", "10.0.0.0/24", "10.0.0.5/32"]) == ["10.0.0.0/23"]
    assert without(["10.0.0.0/24"], ["10.0.0.128/25"]) == ["10.0.0.0/25"]
    assert without(["10.0.0.0/24", "10.9.0.0/24"], ["10.0.0.0/16"]) == ["10.9.0.0/24"]
    assert without(["10.0.0.0/30"], ["10.0.0.1/32", "10.0.0.2/32"]) == ["10.0.0.0/32", "10.0.0.3/32"]
    assert without(["10.0.0.0/24"], ["10.0.0.0/24"]) == []
    assert not covers(["10.0.0.0/24"], "fd00::/64")


def test_taking_apart_ends_with_the_pieces_that_a_pool_may_have() -> None:
    scattered = [f"{number:x}::1/128" for number in range(1, 257)]
    assert MOST_PREFIXES < len(without(["::/0"], scattered)) <= MOST_PREFIXES + 128


@pytest.mark.parametrize(
    ("cidr", "units"), [("10.0.0.0/24", 256), ("10.0.0.0/32", 1), ("fd00::/56", 256), ("fd00::/112", 1)]
)
def test_quota_counts_addresses_or_subnets_of_64_bits(cidr: str, units: int) -> None:
    assert quota_units(cidr) == units
