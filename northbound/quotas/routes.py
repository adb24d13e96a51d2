"""The quotas API: what a project may hold and holds."""

from aiohttp import web

from identity.callers import caller_of
from identity.policy import authorize
from northbound.quotas import store
from northbound.writes import writing
from runtime.attributes import given
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE


async def list_quotas(request: web.Request) -> web.Response:
    """The projects with limits of their own; all others have the defaults."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        found = await store.select_own_limits(conn)
    shown = [
        {"project_id": project_id, "tenant_id": project_id, **{quota.resource: quota.limit for quota in limits}}
        for project_id, limits in found.items()
    ]
    return reply({"quotas": shown})


async def show_quota(request: web.Request) -> web.Response:
    found = await _read(request)
    return reply({"quota": {quota.resource: quota.limit for quota in found}})


async def show_quota_details(request: web.Request) -> web.Response:
    found = await _read(request)
    shown = {quota.resource: {"limit": quota.limit, "used": quota.used, "reserved": 0} for quota in found}
    return reply({"quota": shown})


async def show_default_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": _project_id(request)})
    return reply({"quota": dict(store.DEFAULTS)})


async def _read(request: web.Request) -> list[store.Quota]:
    authorize(request, {"project_id": _project_id(request)})
    async with request.app[DATABASE].connection() as conn:
        return await store.select_quotas(conn, _project_id(request))


async def update_quota(request: web.Request) -> web.Response:
    project_id = _project_id(request)
    authorize(request, {"project_id": project_id})
    wanted = (await read_body(request)).quota
    limits = {resource: limit for resource, limit in given(wanted).items() if resource in store.DEFAULTS}
    async with writing(request) as conn:
        if wanted.check_limit and not wanted.force:
            await store.check_limits(conn, project_id, limits)
        await store.set_quotas(conn, project_id, limits)
        found = await store.select_quotas(conn, project_id)
    return reply({"quota": {quota.resource: quota.limit for quota in found}})


async def reset_quota(request: web.Request) -> web.Response:
    authorize(request, {"project_id": _project_id(request)})
    async with writing(request) as conn:
        await store.reset_quotas(conn, _project_id(request))
    return no_content()


async def show_own_project(request: web.Request) -> web.Response:
    """`/quotas/tenant`: the project that the token is for."""
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    return reply({"tenant": {"tenant_id": caller.project_id, "project_id": caller.project_id}})


def _project_id(request: web.Request) -> str:
    project_id = request.match_info["project_id"]
    if len(project_id) > 64 or "\x00" in project_id:
        raise BadRequest("Invalid input for project_id: expected at most 64 characters.")
    return project_id
