"""What a group's result means for those who wait, and how it travels to other processes."""

from hypothesis import given
from hypothesis import strategies as st

from northbound.translation.marks import Mark
from northbound.translation.reconcile import comment_on, outcomes_of
from northbound.translation.signals import parse_outcomes, render_outcomes


def test_one_quarantined_owner_spoils_its_revision_alone():
    taken = [Mark(1, "network/a", 10), Mark(2, "port/b", 10), Mark(3, "port/c", 11)]
    assert outcomes_of(taken, {"port/b": "refused"}) == {10: False, 11: True}


def test_a_comment_names_each_cause_once():
    taken = [Mark(1, "network/a", 10, "req-1"), Mark(2, "port/b", 10, "req-1"), Mark(3, "port/c", 11)]
    assert comment_on(taken) == "meridian req-1"


@given(st.dictionaries(st.integers(min_value=1), st.booleans(), min_size=1))
def test_outcomes_survive_the_notification(outcomes: dict):
    assert parse_outcomes(render_outcomes(outcomes)) == outcomes
