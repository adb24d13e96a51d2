"""Which zones a network is in."""

import pytest

from northbound.availability_zones.zones import NETWORK, ROUTER, AvailabilityZoneNotFound, Zone, check_hints, zones_of
from tests.unit.northbound.factories import a_network

ZONES = [Zone("az1", frozenset({"physical1"}), True), Zone("az2", frozenset(), False)]


def test_tunnel_is_in_every_zone_and_a_fabric_where_it_is_plugged() -> None:
    assert zones_of(a_network(), ZONES) == ["az1", "az2"]
    assert zones_of(a_network(network_type="flat", physical_network="physical1"), ZONES) == ["az1"]
    assert zones_of(a_network(network_type="flat", physical_network="nowhere"), ZONES) == []


def test_hints_narrow_zones_down() -> None:
    assert zones_of(a_network(availability_zone_hints=["az2", "az9"]), ZONES) == ["az2"]


def test_hint_must_be_a_zone_where_the_resource_can_be() -> None:
    check_hints(["az1", "az2"], ZONES, NETWORK)
    check_hints(["az1"], ZONES, ROUTER)
    for hint, resource in (("az9", NETWORK), ("az2", ROUTER)):
        with pytest.raises(AvailabilityZoneNotFound, match=hint):
            check_hints([hint], ZONES, resource)
