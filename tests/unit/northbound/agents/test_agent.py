"""Whether an agent is alive."""

from datetime import UTC, datetime, timedelta

import pytest

from northbound.agents.agent import Agent

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("behind", "silent_s", "alive"),
    [(0, 1000, True), (1, 1000, True), (2, 74, True), (2, 75, False), (100, 0, True)],
)
def test_agent_lives_when_it_keeps_up_or_did_lately(behind: int, silent_s: int, alive: bool) -> None:
    agent = Agent(
        name="h1",
        host="host1",
        is_gateway=False,
        availability_zones=[],
        bridge_mappings={},
        nb_cfg=100,
        target=100 + behind,
        kept_up_at=NOW - timedelta(seconds=silent_s),
        created_at=NOW,
        now=NOW,
    )
    assert agent.alive == alive
