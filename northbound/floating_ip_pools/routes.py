"""The floating IP pools API: the IPv4 subnets of the external networks that the caller sees."""

from pathlib import Path

from aiohttp import web

from identity.callers import caller_of
from identity.policy import READER, Rule, authorize
from northbound.envelope import pick
from northbound.networks import store as networks
from runtime.database import queries
from runtime.errors import BadRequest
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Page, Where

SQL = queries(Path(__file__).parent / "queries.sql")
RULES = [Rule("network:get_floatingip_pool", READER, "List the subnets of which floating IPs are given out.")]
FILTERS = ("subnet_id", "subnet_name", "network_id", "cidr")
EXTERNAL = Page(filters={"router:external": ["true"]})


async def list_pools(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    for word in request.query.keys() - {"fields"}:
        if word not in FILTERS:
            raise BadRequest(f"Filtering by '{word[:64]}' is not supported.")
    async with request.app[DATABASE].connection() as conn:
        outside = await networks.list_networks(conn, EXTERNAL, Where(), caller.reach)
        rows = SQL.select_pools(conn, network_ids=[network.id for network in outside])
        found = [{**row, "project_id": caller.project_id, "tenant_id": caller.project_id} async for row in rows]
    wanted = {word: request.query.getall(word) for word in FILTERS if word in request.query}
    shown = [pool for pool in found if all(pool[word] in values for word, values in wanted.items())]
    return reply({"floatingip_pools": [pick(request, pool) for pool in shown]})
