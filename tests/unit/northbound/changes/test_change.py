"""How far a change got follows from levels alone."""

from datetime import UTC, datetime

import pytest

from northbound.changes.change import Change, Level, Pending

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
AT_MS = 1_793_534_300_000
EARLIER = datetime.fromtimestamp(AT_MS / 1000, UTC)


def a_pending(**said: object) -> Pending:
    values = {"request_id": "r", "committed_at": NOW, "concerned": ["a", "b"], "nb_cfg": 5, "processed_at": None}
    return Pending(**{**values, "in_place": {}, **said})


def a_change(**said: object) -> Change:
    values = {"request_id": "r", "project_id": "p", "owners": [], "durable_at": NOW, "committed_at": NOW}
    return Change(**{**values, "concerned": ["a", "b"], "processed_at": None, "in_place": {}, **said})


def test_nothing_moves_while_levels_are_below_its_number() -> None:
    before = a_pending()
    assert before.advanced(Level(4), {"a": Level(4), "b": Level(0)}, NOW) == before


def test_levels_that_have_passed_its_number_prove_it_too() -> None:
    after = a_pending().advanced(Level(9, AT_MS), {"a": Level(7, AT_MS), "b": Level(3)}, NOW)
    assert after.processed_at == EARLIER
    assert after.in_place == {"a": EARLIER.isoformat()}
    assert not after.is_finished


def test_the_first_time_stays() -> None:
    once = a_pending().advanced(Level(5, AT_MS), {"a": Level(5, AT_MS), "b": Level(4)}, NOW)
    twice = once.advanced(Level(6, AT_MS + 1000), {"a": Level(6, AT_MS + 1000), "b": Level(6)}, NOW)
    assert twice.processed_at == EARLIER
    assert twice.in_place == {"a": EARLIER.isoformat(), "b": NOW.isoformat()}
    assert twice.is_finished


def test_a_chassis_that_is_gone_needs_nothing() -> None:
    assert a_pending().advanced(Level(5), {"a": Level(5)}, NOW).is_finished


def test_without_a_number_nothing_is_proved() -> None:
    before = a_pending(nb_cfg=None)
    assert before.advanced(Level(9), {"a": Level(9), "b": Level(9)}, NOW) == before


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ({"committed_at": None}, []),
        ({}, ["northbound"]),
        ({"processed_at": NOW}, ["northbound", "northd"]),
        ({"processed_at": NOW, "in_place": {"a": "t"}}, ["northbound", "northd"]),
        ({"processed_at": NOW, "in_place": {"a": "t", "b": "t"}}, ["northbound", "northd", "hv"]),
        ({"processed_at": NOW, "concerned": []}, ["northbound", "northd", "hv"]),
        ({"processed_at": NOW, "concerned": None}, ["northbound", "northd"]),
        ({"processed_at": NOW, "concerned": [], "refused": ["port/x: y"]}, []),
    ],
)
def test_places_are_reached_in_order(said: dict, reached: list[str]) -> None:
    assert [place for place in ("northbound", "northd", "hv") if a_change(**said).has_reached(place)] == reached
