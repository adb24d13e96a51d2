"""Which chassis serve a gateway, and what moves when one comes or goes."""

from collections import Counter
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from northbound.routers.gateways import MOST_CHASSIS, choose_chassis
from tests.unit.northbound.routers.factories import ROUTER, a_chassis

HOSTS = [a_chassis(f"host-{number}") for number in range(8)]


def test_only_gateways_that_reach_the_network_in_a_hinted_zone_fit() -> None:
    candidates = [
        a_chassis("fits", availability_zones=frozenset({"az1", "az2"})),
        a_chassis("elsewhere", availability_zones=frozenset({"az3"})),
        a_chassis("unwired", physical_networks=frozenset({"other"}), availability_zones=frozenset({"az1"})),
        a_chassis("unwilling", is_gateway=False, availability_zones=frozenset({"az1"})),
    ]
    assert choose_chassis(ROUTER, "physical1", ["az1"], candidates) == ["fits"]
    assert choose_chassis(ROUTER, "nowhere", [], candidates) == []
    assert set(choose_chassis(ROUTER, None, [], candidates)) == {"fits", "elsewhere", "unwired"}


def test_no_more_than_the_most_are_chosen() -> None:
    assert len(choose_chassis(ROUTER, "physical1", [], HOSTS)) == MOST_CHASSIS


@settings(max_examples=50)
@given(router=st.uuids(), gone=st.sampled_from(HOSTS), order=st.permutations(HOSTS))
def test_a_chassis_that_goes_moves_only_its_own_routers(router: UUID, gone: object, order: list) -> None:
    before = choose_chassis(str(router), "physical1", [], HOSTS)
    assert choose_chassis(str(router), "physical1", [], order) == before
    after = choose_chassis(str(router), "physical1", [], [chassis for chassis in HOSTS if chassis is not gone])
    assert after[: MOST_CHASSIS - 1] == [name for name in before if name != gone.name][: MOST_CHASSIS - 1]


def test_routers_are_spread_over_all_chassis() -> None:
    first = Counter(choose_chassis(str(UUID(int=number)), "physical1", [], HOSTS)[0] for number in range(800))
    assert set(first) == {chassis.name for chassis in HOSTS}
    assert max(first.values()) < 160
