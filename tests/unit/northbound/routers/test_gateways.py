"""Which chassis serve a gateway, and what moves when one comes or goes."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from northbound.routers import gateways
from northbound.routers.gateways import (
    MOST_CHASSIS,
    MOST_REMEMBERED,
    Load,
    Place,
    complete,
    fits,
    only_chassis,
    serving,
)
from northbound.routers.rebalancing import rebalance
from southbound.chassis import Chassis
from tests.unit.northbound.routers.factories import a_chassis

HOSTS = [a_chassis(f"host-{number}") for number in range(8)]
Places = dict[str, Place]


def a_place(number: int = 0, **said: object) -> Place:
    return Place(
        **{"port_id": f"port-{number}", "router_id": f"router-{number}", "physical_network": "physical1", **said}
    )


def placed(places: Sequence[Place], known: Sequence[Chassis]) -> Places:
    """All of them after the leader looked at them."""
    lists = complete(places, known, Load())
    return {
        place.port_id: msgspec.structs.replace(place, chassis=lists.get(place.port_id, place.chassis))
        for place in places
    }


def one_by_one(count: int, known: Sequence[Chassis]) -> Places:
    """As requests make them: each new one beside those that are there."""
    places: Places = {}
    for number in range(count):
        load = Load()
        for place in places.values():
            load.add("", serving(place, known))
        place = a_place(number)
        (chosen,) = complete([place], known, load).values()
        places[place.port_id] = msgspec.structs.replace(place, chassis=chosen)
    return places


def active(places: Places, known: Sequence[Chassis]) -> Counter[str]:
    return Counter(names[0] for place in places.values() if (names := serving(place, known)))


def spread(counts: Counter[str], known: Sequence[Chassis]) -> int:
    """Between the chassis with the most and the one with the fewest."""
    return max(counts[chassis.name] for chassis in known) - min(counts[chassis.name] for chassis in known)


def test_only_gateways_that_reach_the_network_in_a_hinted_zone_fit() -> None:
    known = [
        a_chassis("fits", availability_zones=frozenset({"az1", "az2"})),
        a_chassis("elsewhere", availability_zones=frozenset({"az3"})),
        a_chassis("unwired", physical_networks=frozenset({"other"}), availability_zones=frozenset({"az1"})),
        a_chassis("unwilling", is_gateway=False, availability_zones=frozenset({"az1"})),
    ]

    def chosen(**said: object) -> list[str]:
        return serving(placed([a_place(**said)], known)["port-0"], known)

    assert chosen(zones=frozenset({"az1"})) == ["fits"]
    assert chosen(physical_network="nowhere") == []
    assert set(chosen(physical_network=None)) == {"fits", "elsewhere", "unwired"}


def test_no_more_than_the_most_are_chosen() -> None:
    assert len(placed([a_place()], HOSTS)["port-0"].chassis) == MOST_CHASSIS


@settings(max_examples=40)
@given(count=st.integers(1, 40), hosts=st.integers(1, 8))
def test_routers_are_spread_over_all_chassis(count: int, hosts: int) -> None:
    known = HOSTS[:hosts]
    together = placed([a_place(number) for number in range(count)], known)
    for places in (together, one_by_one(count, known)):
        assert spread(active(places, known), known) <= 1


@settings(max_examples=40)
@given(count=st.integers(1, 40), hosts=st.integers(2, 8), gone=st.integers(0, 7))
def test_chassis_that_goes_moves_only_its_own_and_has_them_again_when_it_is_back(
    count: int, hosts: int, gone: int
) -> None:
    known = HOSTS[:hosts]
    lost = known[gone % hosts]
    left = [chassis for chassis in known if chassis is not lost]
    before = one_by_one(count, known)
    after = placed(list(before.values()), left)
    for port_id, place in before.items():
        was, now = serving(place, known), serving(after[port_id], left)
        assert now[0] == (was[0] if was[0] != lost.name else now[0])
        assert [name for name in now if name in was] == [name for name in was if name != lost.name]
    again = placed(list(after.values()), known)
    assert {port_id: serving(place, known) for port_id, place in again.items()} == {
        port_id: serving(place, known) for port_id, place in before.items()
    }


def test_what_a_chassis_served_is_spread_over_the_others() -> None:
    known = HOSTS[:4]
    places = one_by_one(48, known)
    left = known[1:]
    assert spread(active(places, known), known) == 0
    assert spread(active(placed(list(places.values()), left), left), left) == 0


def test_chassis_that_comes_moves_nothing_and_gets_what_is_new() -> None:
    known, more = HOSTS[:3], HOSTS[:4]
    places = one_by_one(30, known)
    after = placed(list(places.values()), more)
    assert {port_id: serving(place, more)[0] for port_id, place in after.items()} == {
        port_id: serving(place, known)[0] for port_id, place in places.items()
    }
    assert all(serving(place, more)[-1] == "host-3" for place in after.values())
    load = Load()
    for place in after.values():
        load.add("", serving(place, more))
    (chosen,) = complete([a_place(99)], more, load).values()
    assert chosen[0] == "host-3"


def test_nothing_is_changed_twice() -> None:
    places = placed([a_place(number) for number in range(20)], HOSTS)
    assert complete(list(places.values()), HOSTS, Load()) == {}


def test_chassis_are_looked_at_once_for_all_gateways_that_ask_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The leader looks at all gateways of the cloud on its event loop."""
    looked_at = []
    monkeypatch.setattr(gateways, "fits", lambda chassis, place: looked_at.append(chassis.name) or fits(chassis, place))
    zoned = [a_place(number, zones=frozenset({"az1"})) for number in range(100, 200)]
    complete([*(a_place(number) for number in range(100)), *zoned], HOSTS, Load())
    assert len(looked_at) == 2 * len(HOSTS)


def test_chassis_that_gives_no_sign_of_life_is_chosen_last() -> None:
    known = [a_chassis("host-0", is_alive=False), *HOSTS[1:3]]
    for number in range(8):
        assert placed([a_place(number)], known)[f"port-{number}"].chassis[-1] == "host-0"
    silent = [a_chassis(f"host-{number}", is_alive=False) for number in range(3)]
    assert spread(active(one_by_one(6, silent), silent), silent) == 0, "a cloud that hears nobody takes all"


@settings(max_examples=30)
@given(order=st.permutations(HOSTS))
def test_choice_is_that_of_any_control_process(order: list[Chassis]) -> None:
    places = [a_place(number) for number in range(5)]
    assert placed(places, order) == placed(places, HOSTS)


def test_gateways_of_one_router_are_active_on_different_chassis() -> None:
    two = [a_place(0), a_place(1, router_id="router-0")]
    first, second = (place.chassis[0] for place in placed(two, HOSTS).values())
    assert first != second
    assert [place.chassis for place in placed(two, HOSTS[:1]).values()] == [["host-0"]] * 2


def test_chassis_of_a_gateway_alternate_between_the_zones_asked_for() -> None:
    zones = {name: frozenset({zone}) for zone in ("az1", "az2") for name in (f"{zone}-a", f"{zone}-b", f"{zone}-c")}
    known = [a_chassis(name, availability_zones=zone) for name, zone in zones.items()]
    place = a_place(zones=frozenset({"az1", "az2"}))
    order = [name[:3] for name in placed([place], known)["port-0"].chassis]
    assert order in (["az1", "az2"] * 2 + ["az1"], ["az2", "az1"] * 2 + ["az2"])


@settings(max_examples=40)
@given(waves=st.lists(st.sets(st.integers(0, 40), min_size=1, max_size=6), max_size=20))
def test_list_of_a_gateway_is_bounded_however_many_chassis_come_and_go(waves: list[set[int]]) -> None:
    place = a_place()
    for wave in waves:
        known = [a_chassis(f"host-{number}") for number in sorted(wave)]
        place = placed([place], known)["port-0"]
        assert len(place.chassis) == len(set(place.chassis)) <= MOST_CHASSIS + MOST_REMEMBERED
        assert len(serving(place, known)) == min(MOST_CHASSIS, len(known))


def test_router_on_one_chassis_leaves_one_that_gives_no_sign_of_life() -> None:
    place = a_place(physical_network=None, chassis=["one", "two", "three"])

    def alone(*alive: str) -> str | None:
        return only_chassis(place, [a_chassis(name, is_alive=name in alive) for name in ("one", "two", "three")])

    assert alone("one", "two", "three") == "one"
    assert alone("two", "three") == "two"
    assert alone() == "one", "a cloud that hears nobody moves nobody"
    assert only_chassis(place, []) is None


def rebalanced(places: Places, known: Sequence[Chassis]) -> tuple[Places, int]:
    """(the places afterwards, how many moved)"""
    moves = rebalance(list(places.values()), known)
    after = dict(places)
    for move in moves:
        assert serving(after[move.port_id], known)[0] == move.source
        after[move.port_id] = msgspec.structs.replace(after[move.port_id], chassis=move.chassis)
    return after, len(moves)


@settings(max_examples=40)
@given(count=st.integers(0, 40), hosts=st.integers(1, 5), more=st.integers(0, 3))
def test_rebalancing_spreads_with_as_few_moves_as_it_takes(count: int, hosts: int, more: int) -> None:
    known = HOSTS[: hosts + more]
    before = placed(list(one_by_one(count, HOSTS[:hosts]).values()), known)
    after, moves = rebalanced(before, known)
    counts = active(before, known)
    assert spread(active(after, known), known) <= 1
    assert moves == sum(max(0, counts[chassis.name] - active(after, known)[chassis.name]) for chassis in known)
    assert rebalanced(after, known) == (after, 0)
    for port_id, place in before.items():
        was = [name for name in serving(place, known) if name != after[port_id].chassis[0]]
        assert serving(after[port_id], known)[1:] == was[: MOST_CHASSIS - 1]


def test_rebalancing_moves_nothing_to_where_it_does_not_fit() -> None:
    known = [a_chassis("wired"), a_chassis("unwired", physical_networks=frozenset({"other"}))]
    places = placed([a_place(number) for number in range(4)], known)
    assert rebalance(list(places.values()), known) == []
    free = {**places, "port-9": placed([a_place(9, physical_network=None, chassis=["wired"])], known)["port-9"]}
    assert [(move.port_id, move.target) for move in rebalance(list(free.values()), known)] == [("port-9", "unwired")]


def test_rebalancing_brings_no_gateways_of_one_router_together() -> None:
    known = HOSTS[:2]
    two = [a_place(0, chassis=["host-0", "host-1"]), a_place(1, router_id="router-0", chassis=["host-1", "host-0"])]
    others = [a_place(number, chassis=["host-0", "host-1"]) for number in range(2, 5)]
    assert "port-0" not in {move.port_id for move in rebalance([*two, *others], known)}


def test_rebalancing_moves_nothing_to_a_chassis_that_gives_no_sign_of_life() -> None:
    places = one_by_one(9, HOSTS[:1])
    silent = [a_chassis(f"host-{number}", is_alive=False) for number in (1, 2)]
    assert rebalance(list(places.values()), [HOSTS[0], *silent]) == []
    moves = rebalance(list(places.values()), [HOSTS[0], silent[0], HOSTS[2]])
    assert {move.target for move in moves} == {"host-2"}
    all_silent = [a_chassis("host-0", is_alive=False), *silent]
    assert {move.target for move in rebalance(list(places.values()), all_silent)} == {"host-1", "host-2"}
