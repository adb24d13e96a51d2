"""Logins that are refused: how often they may be tried, and how they are logged.

Whoever fails too often, by the account that they name or by the address that they come from, is told to wait before
anything of what they sent is looked at; whether the account exists makes no difference. Logins under way are not
counted, so that many good ones may come at once; bad ones that did are paid for by waiting longer. What is kept is
bounded.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from runtime.errors import TooManyRequests, Unauthorized

log = structlog.get_logger()
REMEMBERED = 10_000
LINES = 20
WINDOW_S = 10.0


class LoginRefused(Unauthorized):
    """The same answer for every reason; `reason` and `known` are for the log alone."""

    def __init__(self, reason: str, **known: Any) -> None:
        super().__init__("The request you have made requires authentication.")
        self.reason = reason
        self.known = known


class Tries:
    """Each key may fail `per_minute` times in a row, and as often in each minute after; 0 sets no bound.

    `clock` returns seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises TooManyRequests when no try is left."""
        if not self._per_minute:
            return
        left = self._now_left(key)
        if left < 1:
            wait_s = (1 - left) * 60 / self._per_minute
            raise TooManyRequests("Too many failed logins: wait before the next one.", retry_after_s=int(wait_s) + 1)

    def failed(self, key: str) -> None:
        """Of those that failed, the ones that did so last are remembered."""
        if not self._per_minute:
            return
        left, digest = self._now_left(key) - 1, _digest(key)
        self._left[digest] = (left, self._clock())
        self._left.move_to_end(digest)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)

    def _now_left(self, key: str) -> float:
        left, since = self._left.get(_digest(key), (float(self._per_minute), self._clock()))
        return min(self._per_minute, left + (self._clock() - since) * self._per_minute / 60)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()


class RefusalLog:
    """At most LINES lines in WINDOW_S seconds, and one that counts the others."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._told = 0
        self._untold = 0

    def tell(self, refusal: LoginRefused, address: str) -> None:
        if self._clock() - self._since >= WINDOW_S:
            if self._untold:
                log.warning("logins refused, not told one by one", count=self._untold)
            self._since, self._told, self._untold = self._clock(), 0, 0
        if self._told < LINES:
            self._told += 1
            log.info("login refused", reason=refusal.reason, address=address, **refusal.known)
        else:
            self._untold += 1


class LoginGuard:
    """What a process holds against guessing."""

    def __init__(self, *, account_failures: int, address_failures: int, clock: Callable[[], float]) -> None:
        self.accounts = Tries(account_failures, clock)
        self.addresses = Tries(address_failures, clock)
        self.log = RefusalLog(clock)

    @contextmanager
    def watch(self, accounts: Sequence[str], address: str, *, is_guess: bool) -> Iterator[None]:
        """A try to sign in: only one that is refused counts, if it can be a guess, and is logged. Raises
        TooManyRequests."""
        tries = [(self.accounts, account) for account in accounts] + [(self.addresses, address)] * is_guess
        for kind, key in tries:
            kind.check(key)
        try:
            yield
        except LoginRefused as refusal:
            for kind, key in tries:
                kind.failed(key)
            self.log.tell(refusal, address)
            raise
