"""Routes of OS-ENDPOINT-POLICY: which policy is for which endpoint.

An association with an endpoint goes before one with its service in its region or in a region above, the nearest first,
and that before one with the service alone. Each endpoint, service and service in a region has one policy at most.
"""

from pathlib import Path

from aiohttp import web

from identity.endpoints.noun import ENDPOINT, ENDPOINTS
from identity.links import linked
from identity.lists import reply_listing
from identity.nouns.association import Association
from identity.policies.noun import POLICIES, POLICY
from identity.policy import authorize
from identity.regions.store import REGIONS
from identity.services.noun import SERVICES
from runtime.database import Connection, naming, queries
from runtime.errors import NotFound
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where
from runtime.web.routes import Route

sql = queries(Path(__file__).with_name("queries.sql"))
ENDPOINTS_OF_POLICY = """
    id IN (
        WITH RECURSIVE place AS (
            SELECT endpoint_id, service_id, region_id FROM identity.policy_associations WHERE policy_id = {0}
            UNION
            SELECT endpoint_id, service_id, regions.id
            FROM place JOIN identity.regions ON regions.parent_region_id = place.region_id
        )
        SELECT endpoints.id FROM place JOIN identity.endpoints ON endpoints.id = place.endpoint_id
        OR (endpoints.service_id = place.service_id AND (place.region_id IS NULL OR endpoints.region_id = place.region_id))
    )
"""
ASSOCIATIONS = Association(
    name="identity.policy_associations",
    missing=lambda _sides: NotFound("No policy is associated with that."),
)
GONE = {
    f"policy_associations_{noun}": lambda noun=noun: NotFound(f"Could not find {noun}.")
    for noun in ("policy", "endpoint", "service", "region")
}


async def create_association(request: web.Request) -> web.Response:
    """In place of the one that was there."""
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        sides = await _sides(request, connection)
        with naming(GONE):
            await sql.associate(connection, **sides)
    return no_content()


async def check_association(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        await ASSOCIATIONS.check(connection, **await _sides(request, connection))
    return no_content()


async def delete_association(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await ASSOCIATIONS.delete(connection, **await _sides(request, connection))
    return no_content()


async def list_endpoints(request: web.Request) -> web.Response:
    """The endpoints that the policy is for, whichever of its associations says so."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        policy = await POLICIES.fetch(connection, request.match_info["policy_id"])
    where = Where()
    where.add(ENDPOINTS_OF_POLICY, policy["id"])
    return await reply_listing(request, "endpoints", ENDPOINTS.listing, ENDPOINT.render, where)


async def show_policy(request: web.Request) -> web.Response:
    """The policy that is for the endpoint."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        endpoint = await ENDPOINTS.fetch(connection, request.match_info["endpoint_id"])
        row = await sql.find_policy_of(connection, endpoint_id=endpoint["id"])
    if row is None:
        raise NotFound(f"No policy is associated with endpoint {endpoint['id']}.")
    return reply({"policy": linked(request, POLICY.path, POLICY.render(row))})


async def _sides(request: web.Request, connection: Connection) -> dict[str, str | None]:
    """The policy of the path, and what it is associated with, all of it proved to exist."""
    match = request.match_info
    sides: dict[str, str | None] = {"policy_id": (await POLICIES.fetch(connection, match["policy_id"]))["id"]}
    for name, table in (("endpoint_id", ENDPOINTS), ("service_id", SERVICES), ("region_id", REGIONS)):
        sides[name] = (await table.fetch(connection, match[name]))["id"] if name in match else None
    return sides


def _routes_of(place: str) -> dict[str, Route]:
    return {
        "PUT": Route(create_association, f"identity:create_policy_association_for_{place}"),
        "GET": Route(check_association, f"identity:check_policy_association_for_{place}"),
        "DELETE": Route(delete_association, f"identity:delete_policy_association_for_{place}"),
    }


BELOW = "/v3/policies/{policy_id}/OS-ENDPOINT-POLICY"
ROUTES = {
    f"{BELOW}/endpoints": {"GET": Route(list_endpoints, "identity:list_endpoints_for_policy")},
    f"{BELOW}/endpoints/{{endpoint_id}}": _routes_of("endpoint"),
    f"{BELOW}/services/{{service_id}}": _routes_of("service"),
    f"{BELOW}/services/{{service_id}}/regions/{{region_id}}": _routes_of("region_and_service"),
    "/v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy": {
        "GET": Route(show_policy, "identity:get_policy_for_endpoint"),
    },
}
