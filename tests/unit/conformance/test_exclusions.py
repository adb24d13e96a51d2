"""The verdict on a run of tests that are not ours."""

import pytest

from tests.conformance.exclusions import FOLDER, Exclusion, judge, read_exclusions

AGENTS = Exclusion("TestAgent.*", "there are none")


def test_what_fails_needs_an_exclusion() -> None:
    verdict = judge([AGENTS], ["TestPort.test_get"], ["TestAgent.test_list", "TestPort.test_list"])
    assert (verdict.failed, verdict.excluded) == (["TestPort.test_list"], {"TestAgent.test_list": "there are none"})
    assert not verdict.good


def test_exclusion_that_nothing_needs_is_reported() -> None:
    verdict = judge([AGENTS], ["TestAgent.test_list"], [])
    assert (verdict.stale, verdict.good) == (["TestAgent.*"], False)


def test_run_of_nothing_is_not_good() -> None:
    assert not judge([], [], []).good
    assert judge([AGENTS], ["TestPort.test_get"], ["TestAgent.test_list"]).good


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_every_exclusion_has_its_reason(name: str) -> None:
    found = read_exclusions(name)
    assert found
    assert all(exclusion.pattern and exclusion.reason for exclusion in found)
