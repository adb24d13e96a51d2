"""Which servers an agent is told about."""

from uuid import uuid4

from compute.agents.differences import Row, compare
from compute.messages import ServerReport

HERE, ELSEWHERE = "h1", "h2"


def a_row(**said) -> Row:
    values = {
        "id": str(uuid4()),
        "host": HERE,
        "generation": 3,
        "observed_generation": 3,
        "observed_state": "running",
        "leaving": False,
    }
    return Row(**(values | said))


def report_of(row: Row, **said) -> ServerReport:
    values = {"host": HERE, "server_id": row.id, "generation": row.generation, "state": "running"}
    return ServerReport(**(values | said))


def told(rows: list[Row], reports: list[ServerReport], *, complete: bool = True) -> tuple[list, list]:
    differences = compare(HERE, {row.id: row for row in rows}, reports, complete=complete)
    return differences.tell, differences.remove


def test_server_as_it_should_be_is_not_mentioned():
    row = a_row()
    assert told([row], [report_of(row)]) == ([], [])


def test_server_behind_its_generation_is_told():
    row = a_row()
    assert told([row], [report_of(row, generation=2)]) == ([row.id], [])


def test_server_that_the_agent_gave_up_on_is_not_asked_for_again():
    row = a_row()
    assert told([row], [report_of(row, state="error")]) == ([], [])


def test_server_without_a_row_is_removed():
    row = a_row()
    assert told([], [report_of(row)]) == ([], [(row.id, row.generation)])


def test_server_of_another_host_is_removed():
    row = a_row(host=ELSEWHERE)
    assert told([row], [report_of(row)]) == ([], [(row.id, row.generation)])


def test_server_that_is_gone_already_is_left_alone():
    row = a_row()
    assert told([], [report_of(row, state="absent")]) == ([], [])


def test_server_that_the_inventory_lacks_is_told():
    row = a_row()
    assert told([row], []) == ([row.id], [])


def test_server_that_a_single_report_does_not_mention_is_not_told():
    row, other = a_row(), a_row()
    assert told([row, other], [report_of(row)], complete=False) == ([], [])


def test_removed_server_is_not_removed_again_while_its_task_ends():
    row = a_row(leaving=True, observed_state="absent")
    assert told([row], []) == ([], [])


def test_leaving_server_that_the_agent_has_not_heard_of_is_told():
    row = a_row(leaving=True, observed_generation=2)
    assert told([row], []) == ([row.id], [])
