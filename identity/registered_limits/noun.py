"""Registered limits as a noun. Several are created at once, all or none."""

from aiohttp import web

from identity.bodies import read_noun
from identity.links import linked_all
from identity.nouns.noun import Noun
from identity.nouns.table import Row, Table, no_such
from identity.policy import authorize
from identity.registered_limits.schema import CreateRegisteredLimits, UpdateRegisteredLimit, render
from runtime.attributes import given
from runtime.errors import Conflict, Forbidden
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Attribute, Listing
from runtime.web.routes import Route


def in_use(row: Row) -> Forbidden:
    return Forbidden(
        f"Unable to update or delete registered limit {row['id']} because there are project limits associated with it."
    )


REGISTERED_LIMITS = Table(
    name="identity.registered_limits",
    noun="registered_limit",
    listing=Listing(
        "SELECT * FROM identity.registered_limits",
        {
            "id": Attribute("id"),
            "service_id": Attribute("service_id"),
            "region_id": Attribute("region_id"),
            "resource_name": Attribute("resource_name"),
        },
    ),
    columns=("service_id", "region_id", "resource_name", "default_limit", "description"),
    refusals={
        "registered_limits_once": lambda row: Conflict(
            "Conflict occurred attempting to store registered_limit - Duplicate entry found with name"
            f" {row['resource_name']} of service {row['service_id']} in region {row['region_id']}."
        ),
        "registered_limits_service": no_such("registered_limit.service_id", "service"),
        "registered_limits_region": no_such("registered_limit.region_id", "region"),
    },
    holders={"limits_registered_limit": in_use},
)


class RegisteredLimits(Noun):
    def routes(self) -> dict[str, dict[str, Route]]:
        routes = super().routes()
        creating = Route(self.create, "identity:create_registered_limits", CreateRegisteredLimits)
        routes["/v3/registered_limits"]["POST"] = creating
        return routes

    async def create(self, request: web.Request) -> web.Response:
        authorize(request, {})
        body: CreateRegisteredLimits = await read_body(request)
        async with request.app[DATABASE].transaction() as connection:
            rows = [await REGISTERED_LIMITS.insert(connection, given(draft)) for draft in body.registered_limits]
        return reply({self.plural: linked_all(request, self.path, map(self.render, rows))}, 201)

    async def update(self, request: web.Request) -> web.Response:
        """Whoever makes a limit holds its registered limit, so none comes to refer to this one meanwhile."""
        authorize(request, {})
        changes, _ = await read_noun(request)
        async with request.app[DATABASE].transaction() as connection:
            row = await REGISTERED_LIMITS.fetch_locked(connection, self.id_of(request))
            if await connection.fetchval(
                "SELECT EXISTS (SELECT FROM identity.limits WHERE registered_limit_id = $1)", row["id"]
            ):
                raise in_use(row)
            row = await REGISTERED_LIMITS.update(connection, row["id"], changes)
        return self.reply_one(request, row)


REGISTERED_LIMIT = RegisteredLimits(
    name="registered_limit",
    plural="registered_limits",
    path="registered_limits",
    table=REGISTERED_LIMITS,
    create_body=CreateRegisteredLimits,
    update_body=UpdateRegisteredLimit,
    render=render,
)
