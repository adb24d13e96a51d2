"""What the load-balancer API says of itself: versions, providers, and the nouns of Octavia of which OVN has none.

Lists of those are empty, single ones are not found, and making one is refused with the reason.
"""

from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web

from identity.policy import ADMIN, SIGNED_IN, Rule, authorize
from northbound.balancing.errors import NothingThere, UnsupportedOption
from northbound.balancing.load_balancers.schema import PROVIDER
from runtime.web.bodies import reply
from runtime.web.routes import Handler, Route

RULES = [
    Rule("load-balancer:get_provider", SIGNED_IN, "See which providers there are, and what they can do."),
    Rule("load-balancer:get_absent", SIGNED_IN, "Be told that there is nothing of what OVN has none of."),
    Rule("load-balancer:create_absent", SIGNED_IN, "Be told why something cannot be made."),
    Rule("load-balancer:get_amphora", ADMIN, "Be told that there are no machines behind load balancers."),
]
MINOR_VERSIONS = 26
"""Octavia's v2.26 (2023.1) is what the bodies are modelled on: clients look here for what they may say."""


async def list_versions(request: web.Request) -> web.Response:
    """Public: clients look here before they have a token."""
    href = f"{request.url.origin()}{request['api'].prefix}/v2"
    versions = [
        {
            "id": f"v2.{minor}",
            "status": "CURRENT" if minor == MINOR_VERSIONS else "SUPPORTED",
            "updated": "2023-03-22T00:00:00Z",
            "links": [{"rel": "self", "href": href}],
        }
        for minor in range(MINOR_VERSIONS + 1)
    ]
    return reply({"versions": versions})


async def list_providers(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply({"providers": [{"name": PROVIDER, "description": "Layer 4 load balancing by OVN."}]})


def lists_capabilities(name: str) -> Handler:
    """A handler that lists what `name` says a provider can do: nothing can be chosen."""

    async def list_capabilities(request: web.Request) -> web.Response:
        """What can be chosen of a provider: nothing."""
        authorize(request, {})
        if request.match_info["provider"] != PROVIDER:
            raise NothingThere("Provider", request.match_info["provider"])
        return reply({name: []})

    return list_capabilities


class Absent(NamedTuple):
    """`noun` in the words of an error; `reason` why OVN has none."""

    noun: str
    answer: str
    reason: str
    rule: str = "load-balancer:get_absent"


LAYER_4 = "OVN balances at layer 4 only."
ALIKE = "OVN load balancers are all alike."
EVERYWHERE = "an OVN load balancer is everywhere at once."
ABSENT: Mapping[str, Absent] = {
    "/lbaas/l7policies": Absent("L7Policy", "l7policies", LAYER_4),
    "/lbaas/flavors": Absent("Flavor", "flavors", ALIKE),
    "/lbaas/flavorprofiles": Absent("FlavorProfile", "flavorprofiles", ALIKE),
    "/lbaas/availabilityzones": Absent("Availability Zone", "availability_zones", EVERYWHERE),
    "/lbaas/availabilityzoneprofiles": Absent("Availability Zone Profile", "availability_zone_profiles", EVERYWHERE),
    "/octavia/amphorae": Absent(
        "Amphora", "amphorae", "OVN load balancers are no machines.", "load-balancer:get_amphora"
    ),
}


def _routes_of(absent: Absent) -> tuple[dict[str, Route], dict[str, Route]]:
    """The routes of the collection, and of one in it."""

    async def list_nothing(request: web.Request) -> web.Response:
        """An empty list: OVN has none."""
        authorize(request, {})
        return reply({absent.answer: []})

    async def find_nothing(request: web.Request) -> web.Response:
        """Not found: OVN has none."""
        raise NothingThere(absent.noun, request.match_info["resource_id"])

    async def refuse(_request: web.Request) -> web.Response:
        """Refused with the reason: OVN has none."""
        raise UnsupportedOption(f"{absent.noun}: {absent.reason}")

    nothing = Route(find_nothing, absent.rule)
    collection = {"GET": Route(list_nothing, absent.rule), "POST": Route(refuse, "load-balancer:create_absent")}
    return collection, {"GET": nothing, "PUT": nothing, "DELETE": nothing}


def absent_routes() -> dict[str, dict[str, Route]]:
    """The routes of the nouns that OVN has none of."""
    routes = {}
    for path, absent in ABSENT.items():
        routes[path], routes[f"{path}/{{resource_id}}"] = _routes_of(absent)
    return routes
