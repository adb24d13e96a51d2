"""What can be logged; the rest of the API is the noun's."""

from aiohttp import web

from identity.policy import authorize
from northbound.logs.log import SECURITY_GROUP
from runtime.web.bodies import reply


async def list_loggable_resources(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply({"loggable_resources": [{"type": SECURITY_GROUP}]})
