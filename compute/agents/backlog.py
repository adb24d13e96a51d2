"""When to send a desired state again that no agent has taken up yet. Pure but for its memory of what it said before."""

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class _Sending:
    generation: int
    next_at_s: float
    pause_s: float


class Backlog:
    """Servers that wait for their agent; as large as the last `due` was given."""

    def __init__(self) -> None:
        self._sendings: dict[str, _Sending] = {}

    def due(self, pending: Mapping[str, int], now_s: float) -> list[str]:
        """Which of the pending servers (id -> generation) to send now: a new generation at once, others ever rarer."""
        self._sendings = {
            server_id: sending
            for server_id, sending in self._sendings.items()
            if pending.get(server_id) == sending.generation
        }
        return [server_id for server_id, generation in pending.items() if self._is_due(server_id, generation, now_s)]

    def _is_due(self, server_id: str, generation: int, now_s: float) -> bool:
        sending = self._sendings.setdefault(server_id, _Sending(generation, now_s, FIRST_PAUSE_S))
        if now_s < sending.next_at_s:
            return False
        sending.next_at_s = now_s + sending.pause_s
        sending.pause_s = min(sending.pause_s * 2, LONGEST_PAUSE_S)
        return True
