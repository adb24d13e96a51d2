"""Regions as a noun. The operator may choose a region's id, also by putting it at its path."""

from aiohttp import web

from identity.bodies import read_noun
from identity.nouns.noun import Noun
from identity.policy import authorize
from identity.regions.schema import CreateRegion, PutRegion, UpdateRegion, is_region_id, render
from identity.regions.store import REGIONS, update_region
from runtime.errors import BadRequest
from runtime.web.keys import DATABASE
from runtime.web.routes import Route


class Regions(Noun):
    def routes(self) -> dict[str, dict[str, Route]]:
        routes = super().routes()
        routes["/v3/regions/{region_id}"]["PUT"] = Route(self.put, "identity:create_region", PutRegion)
        return routes

    async def put(self, request: web.Request) -> web.Response:
        """A new region with the id of the path."""
        authorize(request, {})
        draft, extra = await read_noun(request)
        region_id = self.id_of(request)
        if not is_region_id(region_id) or "\x00" in region_id:
            raise BadRequest("Invalid input for region.id: expected 1 to 255 characters without spaces, /, ? and #.")
        async with request.app[DATABASE].transaction() as connection:
            row = await REGIONS.insert(connection, {**draft, "id": region_id}, extra)
        return self.reply_one(request, row, 201)

    async def update(self, request: web.Request) -> web.Response:
        authorize(request, {})
        changes, extra = await read_noun(request)
        async with request.app[DATABASE].transaction() as connection:
            row = await update_region(connection, self.id_of(request), changes, extra)
        return self.reply_one(request, row)


REGION = Regions(
    name="region",
    plural="regions",
    path="regions",
    table=REGIONS,
    create_body=CreateRegion,
    update_body=UpdateRegion,
    render=render,
)
