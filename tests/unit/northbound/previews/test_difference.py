"""What a preview says of a change is what the change does, whatever was there before."""

from hypothesis import given

from northbound.previews.difference import Tables, describe
from southbound.ovsdb.difference import Changes, SetChange, differences
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import readable
from tests.unit.southbound.databases import a_replica
from tests.unit.southbound.worlds import a_port, contents, parents, port_sets, settle, the_world, uuid_of


def preview(wanted: dict, replica: Replica) -> Tables:
    changes, refused = differences(wanted, replica)
    assert not refused
    return describe(changes, replica)


@given(port_sets, port_sets)
def test_rows_said_to_begin_change_and_end_are_those_that_do(before: dict, after: dict) -> None:
    replica = a_replica()
    settle(the_world(before), replica)
    old = contents(replica)
    said = preview(the_world(after), replica)
    settle(the_world(after), replica)
    new = contents(replica)
    for table, rows in old.items():
        fates = said.get(table, {"inserted": [], "changed": [], "deleted": []})
        assert {row["uuid"] for row in fates["inserted"]} == new[table].keys() - rows.keys()
        assert {row["uuid"] for row in fates["deleted"]} == rows.keys() - new[table].keys()
        kept = rows.keys() & new[table].keys()
        assert {row["uuid"] for row in fates["changed"]} == {uuid for uuid in kept if rows[uuid] != new[table][uuid]}


@given(port_sets, port_sets)
def test_changed_columns_have_what_was_and_what_becomes(before: dict, after: dict) -> None:
    replica = a_replica()
    settle(the_world(before), replica)
    old = contents(replica)
    said = preview(the_world(after), replica)
    settle(the_world(after), replica)
    new = contents(replica)
    for row in said.get("Port", {"changed": []})["changed"]:
        for column, value in row["columns"].items():
            was, becomes = old["Port"][row["uuid"]][column], new["Port"][row["uuid"]][column]
            if isinstance(was, dict):
                was, becomes = ({key: side.get(key) for key in value["before"]} for side in (was, becomes))
            assert value == {"before": readable(was), "after": readable(becomes)}


def test_nothing_to_do_is_an_empty_preview() -> None:
    replica = a_replica()
    settle(parents(), replica)
    assert preview(parents(), replica) == {}


def test_members_of_a_new_row_are_shown_in_it() -> None:
    said = preview({**parents(), "p1": [a_port()]}, a_replica())
    switches = {row["uuid"]: row["columns"] for row in said["Switch"]["inserted"]}
    assert switches[uuid_of("s1")]["ports"] == [uuid_of("p1")]
    assert said["Switch"]["changed"] == []


def test_members_of_a_set_that_are_no_rows_are_shown_as_they_come_and_go() -> None:
    """Addresses of a group, each of which a port of its own brings."""
    replica = a_replica()
    settle({**parents(), "p1": [a_port()]}, replica)
    moved = Changes("p2")
    moved.sets["Port", uuid_of("p1"), "addresses"] = SetChange({"10.0.0.8"}, {"10.0.0.9"})
    (row,) = describe([moved], replica)["Port"]["changed"]
    assert row["columns"] == {"addresses": {"added": ["10.0.0.8"], "removed": ["10.0.0.9"]}}
