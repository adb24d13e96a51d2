"""How far one change got. Pure: the record, the levels that OVN reports, and what follows from both."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct


class Change(Struct, frozen=True, kw_only=True):
    """The record of a change; times are when it was so at the latest. `concerned` None: nobody asked yet.

    `refused` names owners that OVN does not take at present, with the reason.
    """

    request_id: str
    project_id: str
    owners: list[str]
    durable_at: datetime
    committed_at: datetime | None
    concerned: list[str] | None
    processed_at: datetime | None
    in_place: dict[str, str]
    refused: list[str] = []

    def has_reached(self, place: str) -> bool:
        """Whether it got to `northbound`, `northd` or `hv`; what is refused gets nowhere."""
        if self.refused or self.committed_at is None:
            return False
        if place == "northbound":
            return True
        if self.processed_at is None:
            return False
        return place == "northd" or (self.concerned is not None and self.in_place.keys() >= set(self.concerned))


class Level(NamedTuple):
    """The last nb_cfg that somebody has dealt with, and when in milliseconds since 1970 (0: not known)."""

    nb_cfg: int
    at_ms: int = 0

    def time_of(self, nb_cfg: int, now: datetime) -> datetime | None:
        """When `nb_cfg` was dealt with, at the latest; None when it is not yet."""
        if self.nb_cfg < nb_cfg:
            return None
        return datetime.fromtimestamp(self.at_ms / 1000, UTC) if self.at_ms else now


class Pending(Struct, frozen=True, kw_only=True):
    """A change that somebody waits for."""

    request_id: str
    committed_at: datetime | None
    concerned: list[str]
    nb_cfg: int | None
    processed_at: datetime | None
    in_place: dict[str, str]

    @property
    def is_finished(self) -> bool:
        return self.processed_at is not None and self.in_place.keys() >= set(self.concerned)

    def advanced(self, northd: Level, chassis: Mapping[str, Level], now: datetime) -> "Pending":
        """The same, as far as it is now; chassis that are gone need nothing any more."""
        if self.nb_cfg is None:
            return self
        in_place = dict(self.in_place)
        for name in self.concerned:
            at = chassis[name].time_of(self.nb_cfg, now) if name in chassis else now
            if name not in in_place and at is not None:
                in_place[name] = at.isoformat()
        return Pending(
            request_id=self.request_id,
            committed_at=self.committed_at,
            concerned=self.concerned,
            nb_cfg=self.nb_cfg,
            processed_at=self.processed_at or northd.time_of(self.nb_cfg, now),
            in_place=in_place,
        )
