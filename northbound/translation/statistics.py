"""What the translation did since the process started, and how it is: for Prometheus, read when somebody asks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(slots=True)
class Statistics:
    """`transactions` is groups committed, `owners` how many were in them, `repairs` how many of those were drift.
    `failures` counts by part of the leader.
    """

    transactions: int = 0
    owners: int = 0
    repairs: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class Watched(Protocol):
    """What the collector looks at: the translation of this process."""

    statistics: Statistics

    @property
    def leads(self) -> bool: ...

    @property
    def is_connected(self) -> bool: ...

    @property
    def quarantined(self) -> int: ...


class TranslationCollector(Collector):
    """Register it once. Of several control processes the one that leads shows `meridian_translation_leads 1`."""

    def __init__(self, translation: Watched) -> None:
        self._translation = translation

    def collect(self) -> Iterator[Metric]:
        seen = self._translation
        yield _gauge("leads", "Whether this process writes the northbound database.", seen.leads)
        yield _gauge("connected", "Whether the leader sees the whole northbound database.", seen.is_connected)
        yield _gauge("quarantined_owners", "Owners that OVN refuses; see northbound.quarantine.", seen.quarantined)
        yield _counter("transactions", "Groups of owners that were written or compared.", seen.statistics.transactions)
        yield _counter("owners", "Owners in those groups.", seen.statistics.owners)
        yield _counter("repairs", "Owners whose rows somebody else had changed.", seen.statistics.repairs)
        yield _failures(seen.statistics.failures)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"meridian_translation_{name}", meaning, value=value)


def _failures(failures: Mapping[str, int]) -> Metric:
    meaning = "Parts of the leader that failed and were started again."
    metric = CounterMetricFamily("meridian_translation_part_failures", meaning, labels=["part"])
    for part, count in failures.items():
        metric.add_metric([part], count)
    return metric


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(f"meridian_translation_{name}", meaning, value=value)
