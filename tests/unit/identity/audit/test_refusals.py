"""Refusals that are being written when the process is told to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from identity.audit import refusals
from identity.audit.event import Event
from identity.audit.refusals import Refusals

TEXTS = (
    *("event_id", "action", "outcome", "initiator_id", "initiator_name", "address", "agent"),
    *("target_type", "target_id", "rule", "request_id", "request_path"),
)
REFUSED = Event(**dict.fromkeys(TEXTS, ""), project_id=None, domain_id=None, status=401)


class DatabaseGoingAway:
    """Answers nothing at first; fails whoever stops waiting, and everybody afterwards."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        try:
            if not self.asked.is_set():
                self.asked.set()
                await asyncio.Event().wait()
            yield
        finally:
            raise OSError("the connection is gone")


async def test_error_of_the_moment_does_not_hide_that_it_was_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "FLUSHED_EVERY_S", 0.0)
    database = DatabaseGoingAway()
    refused = Refusals(database)  # type: ignore[arg-type]
    refused.tell("key", REFUSED)
    running = asyncio.create_task(refused.run())
    await database.asked.wait()
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=5)
    assert done
    assert running.cancelled()
