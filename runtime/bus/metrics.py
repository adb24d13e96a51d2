"""A bus's statistics for Prometheus, read when somebody asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from runtime.bus.interface import Bus, Statistics


class BusCollector(Collector):
    """Register it once: `meridian_bus_events_total{event="dropped_mailbox_full"}` and so on."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def collect(self) -> Iterator[Metric]:
        events = CounterMetricFamily("meridian_bus_events", "What happened on the message bus.", labels=["event"])
        for name in Statistics.__struct_fields__:
            events.add_metric([name], getattr(self._bus.statistics, name))
        yield events
