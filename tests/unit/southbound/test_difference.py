"""Whatever was there and whatever is wanted: one transaction, and the second difference is empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from southbound.ovsdb.difference import Unplannable, difference
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import OWNER_KEY
from southbound.ovsdb.transaction import build_transaction
from tests.unit.southbound.databases import SCHEMA, a_replica
from tests.unit.southbound.worlds import (
    GROUPS,
    PORTS,
    SWITCHES,
    a_port,
    contents,
    parents,
    port_sets,
    settle,
    the_world,
    uuid_of,
)


@given(port_sets, port_sets)
def test_from_any_state_to_any_other_in_one_step(before: dict, after: dict):
    replica, fresh = a_replica(), a_replica()
    settle(the_world(before), replica)
    settle(the_world(after), replica)
    settle(the_world(after), fresh)
    assert contents(replica) == contents(fresh)
    assert not any(difference(owner, rows, replica) for owner, rows in the_world(after).items())


@given(port_sets, st.sets(st.sampled_from([*PORTS, *SWITCHES, *GROUPS])))
def test_half_then_all_equals_all(ports: dict, half: set[str]):
    replica, fresh = a_replica(), a_replica()
    world = the_world(ports)
    settle(parents(), replica)
    settle({owner: rows for owner, rows in world.items() if owner in half}, replica)
    settle(world, replica)
    settle(world, fresh)
    assert contents(replica) == contents(fresh)


@given(port_sets)
def test_all_gone_leaves_nothing(ports: dict):
    replica = a_replica()
    settle(the_world(ports), replica)
    settle({owner: [] for owner in the_world(ports)}, replica)
    assert not any(contents(replica).values())
    assert not list(replica.owners())


def with_one_port(**columns: object) -> Replica:
    replica = a_replica()
    settle({**parents(), "p1": [a_port(columns=columns)]}, replica)
    return replica


def test_foreign_keys_of_external_ids_survive():
    replica = with_one_port(external_ids={"neutron:a": "1"})
    replica.apply("Port", uuid_of("p1"), {"modify": {"external_ids": ["map", [["octavia", "x"]]]}})
    settle({"p1": [a_port(columns={"external_ids": {}})]}, replica)
    assert replica.find("Port", uuid_of("p1"))["external_ids"] == {OWNER_KEY: "p1", "octavia": "x"}


def test_a_column_that_is_not_planned_is_left_alone():
    replica = with_one_port(tag=5)
    assert not difference("p1", [a_port()], replica)


def test_a_mark_that_was_wiped_off_is_put_back():
    replica = with_one_port()
    replica.apply("Port", uuid_of("p1"), {"modify": {"external_ids": ["map", [[OWNER_KEY, "p1"]]]}})
    change = difference("p1", [a_port()], replica)
    assert change.updates == {("Port", uuid_of("p1")): {"external_ids": {OWNER_KEY: "p1"}}}


def test_a_foreign_group_keeps_our_port():
    replica = with_one_port()
    replica.apply("Group", uuid_of("other"), {"insert": {"name": "x", "ports": ["uuid", uuid_of("p1")]}})
    assert not difference("p1", [a_port()], replica)


def test_members_of_one_set_share_one_mutation():
    replica = a_replica()
    settle(parents(), replica)
    changes = [difference(name, [a_port(name)], replica) for name in PORTS]
    operations = build_transaction(changes, SCHEMA).operations
    assert [op["op"] for op in operations] == ["wait", "insert", "insert", "insert", "mutate"]
    assert len(operations[-1]["mutations"][0][2][1]) == 3


def test_a_column_the_server_lacks_is_left_out():
    replica = a_replica()
    change = difference("p1", [a_port(columns={"of_the_future": "x"})], replica)
    assert "of_the_future" not in change.inserts[("Port", uuid_of("p1"))]


@pytest.mark.parametrize(
    "columns", [{"nosuch": 1}, {"tag": "7"}, {"enabled": 1}, {"options": {"a": 1}}, {"name": None}]
)
def test_a_value_that_cannot_be_written_is_named(columns: dict):
    with pytest.raises(Unplannable, match=f"Port.{next(iter(columns))} of p1"):
        difference("p1", [a_port(columns=columns)], a_replica())


@pytest.mark.parametrize("columns", [{"tag": True}, {"enabled": 1}, {"addresses": "a"}, {"addresses": [["a"]]}])
def test_a_value_that_cannot_be_written_is_named_though_it_looks_like_what_is_there(columns: dict):
    replica = with_one_port(tag=1, enabled=True, addresses=["a"])
    with pytest.raises(Unplannable, match=f"Port.{next(iter(columns))} of p1"):
        difference("p1", [a_port(columns=columns)], replica)


@pytest.mark.parametrize("addresses", [["a", "a"], ["a"], ["a", "b", "c"], []])
def test_a_set_is_compared_by_what_is_in_it(addresses: list[str]):
    change = difference("p1", [a_port(columns={"addresses": addresses})], with_one_port(addresses=["a", "b"]))
    assert change.updates == {("Port", uuid_of("p1")): {"addresses": frozenset(addresses)}}


def test_a_key_that_must_be_absent_is_removed():
    replica = with_one_port(options={"o1": "x", "o2": "y"})
    change = difference("p1", [a_port(columns={"options": {"o1": "x", "o2": None}})], replica)
    assert change.updates == {("Port", uuid_of("p1")): {"options": {"o2": None}}}
    assert not difference("p1", [a_port(columns={"options": {"o1": "x", "o3": None}})], replica)


def test_threat_q6_member_of_a_large_group_costs_what_one_of_a_small_one_does():
    def cost_of_one_more(members: int) -> int:
        replica = a_replica()
        ports = {f"n{number}": [a_port(f"n{number}", groups={"g1"})] for number in range(members)}
        settle({**parents(), **ports}, replica)
        change = difference("p1", [a_port("p1", groups={"g1"})], replica)
        return len(repr(build_transaction([change], SCHEMA).operations))

    assert cost_of_one_more(2) == cost_of_one_more(2000)
