"""The list of availability zones."""

from aiohttp import web

from identity.policy import Rule, authorize
from northbound.availability_zones.store import read_zones
from northbound.envelope import pick
from runtime.errors import BadRequest
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.listing import PAGING_WORDS

RULES = [Rule("network:get_availability_zone", "role:admin or role:reader", "List the availability zones.")]
FILTERS = ("name", "resource", "state")


async def list_availability_zones(request: web.Request) -> web.Response:
    """There are a few at most: no pages."""
    authorize(request, {})
    for word in request.query.keys() - PAGING_WORDS - set(FILTERS):
        raise BadRequest(f"Filtering by '{word[:64]}' is not supported.")
    async with request.app[DATABASE].connection() as conn:
        zones = await read_zones(conn)
    shown = [
        {"name": zone.name, "resource": resource, "state": "available"} for zone in zones for resource in zone.resources
    ]
    for word in FILTERS:
        if wanted := request.query.getall(word, []):
            shown = [zone for zone in shown if zone[word] in wanted]
    return reply({"availability_zones": [pick(request, zone) for zone in shown]})
