"""How often a desired state is sent that nobody takes up."""

from compute.agents.backlog import FIRST_PAUSE_S, LONGEST_PAUSE_S, Backlog


def test_new_server_is_sent_at_once():
    assert Backlog().due({"a": 1}, 10.0) == ["a"]


def test_server_is_not_sent_again_before_its_pause_is_over():
    backlog = Backlog()
    backlog.due({"a": 1}, 0.0)
    assert backlog.due({"a": 1}, FIRST_PAUSE_S - 0.1) == []
    assert backlog.due({"a": 1}, FIRST_PAUSE_S) == ["a"]


def test_pauses_grow_to_the_longest():
    backlog = Backlog()
    sent_at = [now for now in range(200) if backlog.due({"a": 1}, float(now))]
    gaps = [later - earlier for earlier, later in zip(sent_at, sent_at[1:], strict=False)]
    assert gaps[:3] == [2, 4, 8]
    assert max(gaps) == LONGEST_PAUSE_S


def test_new_generation_is_sent_at_once():
    backlog = Backlog()
    backlog.due({"a": 1}, 0.0)
    assert backlog.due({"a": 2}, 0.1) == ["a"]


def test_server_that_was_taken_up_is_forgotten():
    backlog = Backlog()
    backlog.due({"a": 1}, 0.0)
    backlog.due({}, 0.1)
    assert backlog.due({"a": 1}, 0.2) == ["a"]
