"""How often a login may fail, and how much of that is kept and logged."""

import pytest
import structlog

from identity.tokens.refusals import LINES, REMEMBERED, WINDOW_S, LoginRefused, RefusalLog, Tries
from runtime.errors import TooManyRequests


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(tries: Tries, key: str, times: int) -> None:
    for _ in range(times):
        tries.check(key)
        tries.failed(key)


def test_threat_k15_guessing_is_slowed_by_account_and_by_address() -> None:
    clock = Clock()
    tries = Tries(6, clock)
    fail(tries, "rose", 6)
    with pytest.raises(TooManyRequests) as refused:
        tries.check("rose")
    assert refused.value.headers["Retry-After"] == "11"
    tries.check("bill")
    clock.now += 10.1
    fail(tries, "rose", 1)
    with pytest.raises(TooManyRequests):
        tries.check("rose")
    clock.now += 3600
    fail(tries, "rose", 6)
    with pytest.raises(TooManyRequests):
        tries.check("rose")


def test_failures_at_once_are_paid_for_by_waiting_longer() -> None:
    clock = Clock()
    tries = Tries(6, clock)
    for _ in range(12):
        tries.failed("rose")
    clock.now += 60
    with pytest.raises(TooManyRequests):
        tries.check("rose")
    clock.now += 10.1
    tries.check("rose")


def test_no_bound_is_no_bound() -> None:
    fail(Tries(0, Clock()), "rose", 1000)


def test_threat_q3_failed_logins_of_many_are_remembered_in_bounds() -> None:
    tries = Tries(6, Clock())
    for number in range(REMEMBERED + 500):
        tries.failed(f"nobody {number}" * 100)
    assert len(tries._left) == REMEMBERED


def test_threat_q5_refusals_are_logged_in_samples() -> None:
    clock = Clock()
    with structlog.testing.capture_logs() as lines:
        refusals = RefusalLog(clock)
        for _ in range(10_000):
            refusals.tell(LoginRefused("password", user_id="a"), "192.0.2.1")
        clock.now += WINDOW_S
        refusals.tell(LoginRefused("password", user_id="a"), "192.0.2.1")
    assert len(lines) == LINES + 2
    assert lines[LINES]["count"] == 10_000 - LINES
