"""How much still fits, and what a caller is told who wants more."""

from compute.quotas.store import Holding, Quota, describe_excess


def test_room_is_the_tightest_of_the_limits() -> None:
    assert Quota(Holding(10, 20, 1000), Holding(2, 0, 900)).room_for(Holding(1, 1, 50)) == 2


def test_no_limit_does_not_count_and_overuse_is_no_room() -> None:
    assert Quota(Holding(5, -1, -1), Holding(0, 9, 9)).room_for(Holding(1, 1, 1)) == 5
    assert Quota(Holding(1, -1, -1), Holding(3, 0, 0)).room_for(Holding(1, 1, 1)) == 0


def test_every_exceeded_resource_is_named() -> None:
    quota = Quota(Holding(1, 2, 1000), Holding(1, 2, 0))
    assert describe_excess(quota, Holding(1, 1, 128)) == (
        "Quota exceeded for instances, cores: Requested 1, 1, but already used 1, 2 of 1, 2 instances, cores"
    )
