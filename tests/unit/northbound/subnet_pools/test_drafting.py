"""A subnet pool from what the caller said."""

import pytest

from northbound.subnet_pools.drafting import change_pool, draft_pool
from northbound.subnet_pools.schema import PoolChanges, PoolDraft, render_pool
from northbound.subnet_pools.subnet_pool import SubnetPool
from runtime.errors import BadRequest
from tests.unit.northbound.factories import PROJECT


def a_pool(*prefixes: str, **said: object) -> SubnetPool:
    return draft_pool(PoolDraft(prefixes=list(prefixes or ("10.0.0.0/8",)), **said), PROJECT)


def test_lengths_default_to_what_the_version_allows() -> None:
    four, six = a_pool(), a_pool("fd00::/48")
    assert (four.ip_version, four.min_prefixlen, four.max_prefixlen, four.default_prefixlen) == (4, 8, 32, 8)
    assert (six.ip_version, six.min_prefixlen, six.max_prefixlen, six.default_prefixlen) == (6, 64, 128, 64)
    assert a_pool(min_prefixlen="24").default_prefixlen == 24
    assert render_pool(four)["default_prefixlen"] == "8"


@pytest.mark.parametrize(
    ("named", "prefixes", "said"),
    [
        ("prefixes", ["10.0.0.0/8", "fd00::/48"], {}),
        ("prefixes", ["224.0.0.0/8"], {}),
        ("min_prefixlen", ["10.0.0.0/8"], {"min_prefixlen": 33}),
        ("min_prefixlen", ["10.0.0.0/8"], {"min_prefixlen": 24, "max_prefixlen": 20}),
        ("max_prefixlen", ["10.0.0.0/8"], {"max_prefixlen": 33}),
        ("default_prefixlen", ["10.0.0.0/8"], {"default_prefixlen": 7}),
        ("default_prefixlen", ["10.0.0.0/8"], {"default_prefixlen": 30, "max_prefixlen": 28}),
    ],
)
def test_what_does_not_fit_is_refused_by_name(named: str, prefixes: list[str], said: dict) -> None:
    with pytest.raises(BadRequest, match=named):
        a_pool(*prefixes, **said)


def test_prefixes_grow_and_never_shrink_by_an_update() -> None:
    pool = a_pool("10.0.0.0/16")
    assert change_pool(pool, PoolChanges(prefixes=["10.0.0.0/15"])).prefixes == ["10.0.0.0/15"]
    for prefixes in (["10.0.0.0/17"], [], ["fd00::/48"], ["11.0.0.0/8"]):
        with pytest.raises(BadRequest, match="prefixes"):
            change_pool(pool, PoolChanges(prefixes=prefixes))


def test_quota_and_scope_can_be_taken_away() -> None:
    scope = "3f3c5d2e-0000-4000-8000-000000000000"
    pool = a_pool(default_quota="5", address_scope_id=scope)
    assert (pool.default_quota, pool.address_scope_id) == (5, scope)
    freed = change_pool(pool, PoolChanges(default_quota=None, address_scope_id=None))
    assert (freed.default_quota, freed.address_scope_id) == (None, None)
