"""Which zones there are, and which of them a network can be in. Pure."""

from collections.abc import Collection, Iterable

from msgspec import Struct

from northbound.networks.network import Network
from runtime.errors import NotFound

NETWORK, ROUTER = "network", "router"


class Zone(Struct, frozen=True):
    """`physical_networks` are those that a chassis of the zone reaches; `has_gateway`: one of them may hold gateways."""

    name: str
    physical_networks: frozenset[str]
    has_gateway: bool

    @property
    def resources(self) -> list[str]:
        """What may be placed in the zone."""
        return [NETWORK, ROUTER] if self.has_gateway else [NETWORK]


class AvailabilityZoneNotFound(NotFound):
    def __init__(self, zone: str) -> None:
        super().__init__(f"AvailabilityZone {zone} could not be found (availability_zone_hints).")


def zones_of(network: Network, zones: Iterable[Zone]) -> list[str]:
    """Names of the zones with a chassis that reaches the network: any reaches a tunnel. Hints narrow them down."""
    places = set(network.physical_networks)
    tunnelled = len(places) < len(network.segments)
    hints = network.availability_zone_hints
    return [
        zone.name
        for zone in zones
        if (tunnelled or places & zone.physical_networks) and (not hints or zone.name in hints)
    ]


def check_hints(hints: Collection[str], zones: Iterable[Zone], resource: str) -> None:
    """Passes when every hint is a zone where the resource may be; raises AvailabilityZoneNotFound."""
    known = {zone.name for zone in zones if resource in zone.resources}
    for hint in hints:
        if hint not in known:
            raise AvailabilityZoneNotFound(hint[:64])
