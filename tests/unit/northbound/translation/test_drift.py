"""Which owners a change of the replica puts in doubt, and what is written down about it."""

from northbound.translation.drift import Drift, observe
from southbound.ovsdb.replica import Change, Replica
from southbound.ovsdb.rows import OWNER_KEY
from tests.unit.southbound.databases import a_replica

OURS = {"external_ids": ["map", [[OWNER_KEY, "port/p1"]]]}


def changes_of(replica: Replica, table: str, uuid: str, change: dict) -> list[Change]:
    seen: list[Change] = []
    replica.listen(seen.append)
    replica.apply(table, uuid, change)
    return seen


def drifts(replica: Replica, table: str, uuid: str, change: dict) -> list[Drift]:
    return [drift for seen in changes_of(replica, table, uuid, change) for drift in observe(seen, replica)]


def test_a_changed_column_is_told_as_found_and_as_it_was():
    replica = a_replica()
    replica.apply("Port", "u1", {"insert": {**OURS, "enabled": True, "name": "p1"}})
    assert drifts(replica, "Port", "u1", {"modify": {"enabled": False}}) == [
        Drift("port/p1", "Port", "u1", found={"enabled": False}, repaired={"enabled": True})
    ]


def test_a_removed_row_is_told_in_full():
    replica = a_replica()
    replica.apply("Port", "u1", {"insert": {**OURS, "name": "p1"}})
    (drift,) = drifts(replica, "Port", "u1", {"delete": None})
    assert drift.found is None
    assert drift.repaired["name"] == "p1"


def test_a_foreign_row_concerns_nobody():
    replica = a_replica()
    assert not drifts(replica, "Port", "u1", {"insert": {"name": "theirs"}})


def test_a_wiped_mark_is_still_told_to_the_owner():
    replica = a_replica()
    replica.apply("Port", "u1", {"insert": OURS})
    (drift,) = drifts(replica, "Port", "u1", {"modify": OURS})
    assert drift.owner == "port/p1"


def test_a_member_taken_out_of_a_set_is_told_to_the_members_owner_alone():
    replica = a_replica()
    replica.apply("Port", "u1", {"insert": OURS})
    group = {"ports": ["uuid", "u1"], "external_ids": ["map", [[OWNER_KEY, "security_group/g1"]]]}
    replica.apply("Group", "g1", {"insert": group})
    assert drifts(replica, "Group", "g1", {"modify": {"ports": ["uuid", "u1"]}}) == [
        Drift("port/p1", "Group", "g1", found={"ports": []}, repaired={"ports": ["u1"]})
    ]
