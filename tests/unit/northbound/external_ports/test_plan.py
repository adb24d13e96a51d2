"""Which chassis answer for external ports."""

from northbound.external_ports.plan import ExternalPorts, choose_chassis, plan_external_ports
from southbound.chassis import Chassis
from tests.unit.northbound.factories import an_id
from tests.unit.northbound.routers.factories import a_gateway, a_router

NETWORK = an_id("network")


def chassis(name: str, *physical: str, gateway: bool = True, zones: tuple[str, ...] = ()) -> Chassis:
    return Chassis(name, name, frozenset(physical), frozenset(zones), gateway)


def chosen(*found: Chassis, **said: object) -> list[str]:
    return choose_chassis(ExternalPorts(id=NETWORK, chassis=found, **said))


def test_only_gateways_that_reach_the_network_answer() -> None:
    found = [chassis("a", "red"), chassis("b", "blue"), chassis("c", "red", gateway=False)]
    assert chosen(*found, physical_networks=["red"]) == ["a"]
    assert sorted(chosen(*found)) == ["a", "b"]
    zoned = [chassis("a", zones=("east",)), chassis("b", zones=("west",))]
    assert chosen(*zoned, availability_zone_hints=["west"]) == ["b"]


def test_network_with_a_way_out_is_answered_for_by_its_gateway() -> None:
    found = [chassis(name, "physical1") for name in "abcdefg"]
    router = a_router(a_gateway(chassis=["e", "gone", "b"]))
    assert chosen(*found, routers=[router]) == ["e", "b"]


def test_first_chassis_has_the_highest_priority() -> None:
    group, *members = plan_external_ports(ExternalPorts(id=NETWORK, chassis=[chassis("a"), chassis("b")]))
    assert group.columns["name"] == f"neutron-{NETWORK}"
    assert [row.columns["priority"] for row in members] == [32767, 32766]
    assert {row.inside for row in members} == {("HA_Chassis_Group", group.uuid, "ha_chassis")}
