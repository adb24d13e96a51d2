"""Which subnets a router may be in together, and which routes it may have."""

import pytest

from northbound.routers.errors import InvalidRouterInterface, InvalidRoutes
from northbound.routers.router import ExtraRoute, check_extra_routes, check_no_overlap
from tests.unit.northbound.routers.factories import (
    INSIDE_SUBNET,
    a_gateway,
    a_router,
    an_interface,
)

OTHER = "99999999-9999-4999-8999-999999999999"
ROUTER = a_router(an_interface(), a_gateway())


@pytest.mark.parametrize("cidr", ["10.50.0.0/16", "10.0.0.0/8", "10.50.3.0/24", "150.25.12.128/25", "0.0.0.0/0"])
def test_subnet_that_overlaps_inside_or_outside_is_refused(cidr: str) -> None:
    with pytest.raises(InvalidRouterInterface, match="overlaps"):
        check_no_overlap(ROUTER, [(OTHER, cidr)])


def test_same_subnet_twice_is_refused() -> None:
    with pytest.raises(InvalidRouterInterface, match="already has a port"):
        check_no_overlap(ROUTER, [(INSIDE_SUBNET, "10.50.0.0/16")])


@pytest.mark.parametrize("cidr", ["10.51.0.0/16", "::/0", "192.168.0.0/16"])
def test_neighbouring_subnet_is_accepted(cidr: str) -> None:
    check_no_overlap(ROUTER, [(OTHER, cidr)])


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([ExtraRoute("192.0.2.0/24", "10.60.0.9")], "not connected"),
        ([ExtraRoute("192.0.2.0/24", "10.50.0.1")], "used by router"),
        ([ExtraRoute("2001:db8::/32", "10.50.0.9")], "IP versions"),
        ([ExtraRoute("192.0.2.0/24", "10.50.0.9")] * 2, "twice"),
    ],
)
def test_route_that_leads_nowhere_is_refused(routes: list[ExtraRoute], words: str) -> None:
    with pytest.raises(InvalidRoutes, match=words):
        check_extra_routes(ROUTER, routes)


def test_route_through_a_neighbour_inside_or_outside_is_accepted() -> None:
    check_extra_routes(ROUTER, [ExtraRoute("192.0.2.0/24", "10.50.0.9"), ExtraRoute("10.0.0.0/8", "150.25.12.9")])
