"""What holds for the plan of any router."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.northbound.routers.topologies import random_topology


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_rows_of_any_router_are_unique_and_refer_to_rows_of_the_plan(seed: int) -> None:
    rows = random_topology(Random(seed))
    uuids = Counter(row.uuid for row in rows)
    assert set(uuids.values()) <= {1}
    for row in rows:
        referred = [row.columns.get("gateway_port"), row.columns.get("bfd"), row.inside and row.inside[1]]
        assert {uuid for uuid in referred if uuid} <= set(uuids)


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_one_gateway_leads_out_unless_all_share(seed: int) -> None:
    rows = random_topology(Random(seed))
    routes = [row for row in rows if row.columns.get("ip_prefix") == "0.0.0.0/0"]
    hops = Counter(route.columns["output_port"] for route in routes)
    assert set(hops.values()) <= {1}
    watchers = {row.uuid for row in rows if row.table == "BFD"}
    assert {route.columns["bfd"] for route in routes} - {None} == watchers
