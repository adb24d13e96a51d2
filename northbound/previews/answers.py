"""The answer to a dry run: 200, what the write would have answered, and beside it `dry_run`.

{"network": {... as it would be ...}, "dry_run": {"status": 201, "northbound": ..., "quota": ..., "reachability": ...}}
"""

import functools
from collections.abc import Mapping

import msgspec
from aiohttp import web

from northbound.previews.asking import WRITES, is_dry_run
from northbound.previews.rehearsal import PREVIEW
from runtime.web.bodies import reply
from runtime.web.routes import Handler, Route

Routes = Mapping[str, Mapping[str, Route]]


def previewing(routes: Routes) -> Routes:
    """The routes, each write among them able to answer a dry run."""
    return {
        path: {
            method: route._replace(handler=_previewing(route.handler)) if method in WRITES else route
            for method, route in methods.items()
        }
        for path, methods in routes.items()
    }


def _previewing(handler: Handler) -> Handler:
    @functools.wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        if not is_dry_run(request):
            return await handler(request)
        response = await handler(request)
        if PREVIEW not in request or not isinstance(response, web.Response):
            raise RuntimeError(f"{request.method} {request.path} does not write through northbound.writes")
        said = msgspec.json.decode(response.body) if response.body else {}
        return reply({**said, "dry_run": {"status": response.status, **request[PREVIEW]}})

    return handle
