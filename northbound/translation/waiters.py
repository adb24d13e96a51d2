"""Who waits for which revision, in this process; pure but for the futures.

The leader (this process or another, through `signals`) says which revisions OVN now holds. That may come before the
request begins to wait: the last REMEMBERED outcomes are kept.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Mapping

REMEMBERED = 10_000


class Waiters:
    """Outcomes by revision: True when OVN holds all of it, False when an owner of it is in quarantine."""

    def __init__(self) -> None:
        self._outcomes: OrderedDict[int, bool] = OrderedDict()
        self._waiting: dict[int, set[asyncio.Future[bool]]] = defaultdict(set)

    def tell(self, outcomes: Mapping[int, bool]) -> None:
        for revision, outcome in outcomes.items():
            self._outcomes[revision] = outcome
            for waiter in self._waiting.pop(revision, ()):
                if not waiter.done():
                    waiter.set_result(outcome)
        while len(self._outcomes) > REMEMBERED:
            self._outcomes.popitem(last=False)

    def outcome(self, revision: int) -> bool | None:
        """What is known of a revision; None when that is nothing."""
        return self._outcomes.get(revision)

    async def wait(self, revision: int, timeout_s: float) -> bool | None:
        """The outcome of a revision; None when it is not known after `timeout_s`."""
        if revision in self._outcomes:
            return self._outcomes[revision]
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[revision].add(waiter)
        try:
            async with asyncio.timeout(timeout_s):
                return await waiter
        except TimeoutError:
            return None
        finally:
            self._leave(revision, waiter)

    def _leave(self, revision: int, waiter: asyncio.Future[bool]) -> None:
        waiting = self._waiting.get(revision)
        if waiting is not None:
            waiting.discard(waiter)
            if not waiting:
                del self._waiting[revision]
