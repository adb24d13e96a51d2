"""Which chassis serve a gateway, and what moves when one comes or goes."""

from collections import Counter
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from northbound.routers.gateways import MOST_CHASSIS, schedule
from southbound.chassis import Chassis
from tests.unit.northbound.routers.factories import OUTSIDE_PORT, ROUTER, a_chassis, a_gateway, a_router

OTHER_PORT = "88888888-8888-4888-8888-888888888888"
HOSTS = [a_chassis(f"host-{number}") for number in range(8)]


def chosen(
    router_id: str,
    candidates: list[Chassis],
    *,
    physical_network: str | None = "physical1",
    hints: tuple[str, ...] = (),
) -> list[str]:
    """The chassis of a router's only gateway."""
    gateway = a_gateway(physical_network=physical_network)
    router = a_router(gateway, id=router_id, availability_zone_hints=list(hints))
    return schedule(router, candidates)[OUTSIDE_PORT]


def test_only_gateways_that_reach_the_network_in_a_hinted_zone_fit() -> None:
    candidates = [
        a_chassis("fits", availability_zones=frozenset({"az1", "az2"})),
        a_chassis("elsewhere", availability_zones=frozenset({"az3"})),
        a_chassis("unwired", physical_networks=frozenset({"other"}), availability_zones=frozenset({"az1"})),
        a_chassis("unwilling", is_gateway=False, availability_zones=frozenset({"az1"})),
    ]
    assert chosen(ROUTER, candidates, hints=("az1",)) == ["fits"]
    assert chosen(ROUTER, candidates, physical_network="nowhere") == []
    assert set(chosen(ROUTER, candidates, physical_network=None)) == {"fits", "elsewhere", "unwired"}


def test_no_more_than_the_most_are_chosen() -> None:
    assert len(chosen(ROUTER, HOSTS)) == MOST_CHASSIS


@settings(max_examples=50)
@given(router=st.uuids(), gone=st.sampled_from(HOSTS), order=st.permutations(HOSTS))
def test_a_chassis_that_goes_moves_only_its_own_routers(router: UUID, gone: object, order: list) -> None:
    before = chosen(str(router), HOSTS)
    assert chosen(str(router), order) == before
    after = chosen(str(router), [chassis for chassis in HOSTS if chassis is not gone])
    assert after[: MOST_CHASSIS - 1] == [name for name in before if name != gone.name][: MOST_CHASSIS - 1]


def test_routers_are_spread_over_all_chassis() -> None:
    first = Counter(chosen(str(UUID(int=number)), HOSTS)[0] for number in range(800))
    assert set(first) == {chassis.name for chassis in HOSTS}
    assert max(first.values()) < 160


def test_gateways_of_one_router_are_active_on_different_chassis() -> None:
    router = a_router(a_gateway(), a_gateway(port_id=OTHER_PORT, position=1))
    first, second = (schedule(router, HOSTS)[port] for port in (OUTSIDE_PORT, OTHER_PORT))
    assert first[0] != second[0]
    alone = schedule(router, HOSTS[:1])
    assert alone[OUTSIDE_PORT] == alone[OTHER_PORT] == ["host-0"]


def test_chassis_of_a_gateway_alternate_between_the_zones_asked_for() -> None:
    zones = {name: frozenset({zone}) for zone in ("az1", "az2") for name in (f"{zone}-a", f"{zone}-b", f"{zone}-c")}
    candidates = [a_chassis(name, availability_zones=zone) for name, zone in zones.items()]
    order = [name[:3] for name in chosen(ROUTER, candidates, hints=("az1", "az2"))]
    assert order in (["az1", "az2"] * 2 + ["az1"], ["az2", "az1"] * 2 + ["az2"])
