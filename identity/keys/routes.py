"""The route of the keys that verify tokens."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.keys.jwks import render_jwks
from runtime.web.bodies import reply


async def show_keys(request: web.Request) -> web.Response:
    """The public keys, for whoever verifies tokens without asking; who was refused since is not said by them."""
    response = reply(render_jwks(request.app[IDENTITY].keys.verifying))
    response.headers["Cache-Control"] = "no-cache"
    return response
