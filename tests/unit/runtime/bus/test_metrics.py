"""What Prometheus sees of a bus."""

from prometheus_client import CollectorRegistry

from runtime.bus.amqp import AmqpBus
from runtime.bus.interface import Limits
from runtime.bus.metrics import BusCollector


async def test_statistics_are_read_at_each_scrape():
    bus = AmqpBus("amqp://nobody:x@127.0.0.1:1/", limits=Limits())
    registry = CollectorRegistry()
    registry.register(BusCollector(bus))
    bus.statistics.dropped_mailbox_full = 3
    assert registry.get_sample_value("meridian_bus_events_total", {"event": "dropped_mailbox_full"}) == 3
