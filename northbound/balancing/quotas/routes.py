"""The quotas of the load-balancer API."""

from aiohttp import web

from identity.policy import authorize
from northbound.balancing.quotas import store
from northbound.balancing.quotas.schema import parse_limits, render_quota
from northbound.quotas.store import BALANCING_DEFAULTS, Quota
from northbound.writes import writing
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE


async def list_quotas(request: web.Request) -> web.Response:
    """The projects whose quota was changed."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        found = await store.select_own_limits(conn)
    return reply(
        {"quotas": [{"project_id": one, "tenant_id": one, **render_quota(quotas)} for one, quotas in found.items()]}
    )


async def show_default_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": request["caller"].project_id})
    return reply({"quota": render_quota([Quota(resource, limit, 0) for resource, limit in BALANCING_DEFAULTS.items()])})


async def show_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": _project_id(request)})
    async with request.app[DATABASE].connection() as conn:
        return reply({"quota": render_quota(await store.select_quotas(conn, _project_id(request)))})


async def update_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": _project_id(request)})
    limits = parse_limits((await read_body(request)).quota)
    async with writing(request) as conn:
        await store.set_quotas(conn, _project_id(request), limits)
        found = await store.select_quotas(conn, _project_id(request))
    return reply({"quota": render_quota(found)}, 202)


async def reset_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": _project_id(request)})
    async with writing(request) as conn:
        await store.reset_quotas(conn, _project_id(request))
    return no_content()


def _project_id(request: web.Request) -> str:
    project_id = request.match_info["project_id"]
    if len(project_id) > 64 or "\x00" in project_id:
        raise BadRequest("Invalid input for project_id: expected at most 64 characters.")
    return project_id
