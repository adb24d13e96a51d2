"""Routes of limits."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.bodies import read_noun
from identity.callers import caller_of
from identity.limits import store
from identity.limits.models import DESCRIPTIONS, Model
from identity.limits.schema import CreateLimits, UpdateLimit, render
from identity.links import api_address, linked, linked_all
from identity.lists import reply_listing
from identity.policy import allowed, authorize
from identity.visibility import reveal
from runtime.attributes import given
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where
from runtime.web.routes import Route


async def list_limits(request: web.Request) -> web.Response:
    """Those of the caller's project, or in the caller's domain; whoever may see all of them sees all."""
    authorize(request, {})
    where, caller = Where(), caller_of(request)
    if not allowed(request, "identity:list_all_limits", {}):
        if caller.domain_id is not None:
            where.add("owner_domain_id = {}", caller.domain_id)
        else:
            where.add("project_id = {}", caller.project_id or "")
    return await reply_listing(request, "limits", store.LISTING, render, where)


async def create_limits(request: web.Request) -> web.Response:
    authorize(request, {})
    body: CreateLimits = await read_body(request)
    async with request.app[DATABASE].transaction() as connection:
        rows = await store.insert_limits(connection, [given(draft) for draft in body.limits], _model(request))
    return reply({"limits": linked_all(request, "limits", map(render, rows))}, 201)


async def show_limit(request: web.Request) -> web.Response:
    limit_id = request.match_info["limit_id"]
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_limit(connection, limit_id)
    target = {"project_id": row["project_id"], "domain_id": row["owner_domain_id"]}
    reveal(request, "identity:get_limit", target, store.LIMITS.missing(limit_id))
    authorize(request, target)
    return _reply(request, row)


async def update_limit(request: web.Request) -> web.Response:
    authorize(request, {})
    changes, _ = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        row = await store.update_limit(connection, request.match_info["limit_id"], changes, _model(request))
    return _reply(request, row)


async def delete_limit(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await store.delete_limit(connection, request.match_info["limit_id"], _model(request))
    return no_content()


async def show_model(request: web.Request) -> web.Response:
    authorize(request, {})
    name = _model(request)
    links = {"self": f"{api_address(request)}/v3/limits/model"}
    return reply({"model": {"name": name, "description": DESCRIPTIONS[name]}, "links": links})


def _model(request: web.Request) -> Model:
    return request.app[IDENTITY].settings.limit_model


def _reply(request: web.Request, row: store.Row) -> web.Response:
    return reply({"limit": linked(request, "limits", render(row))})


ROUTES = {
    "/v3/limits": {
        "GET": Route(list_limits, "identity:list_limits"),
        "POST": Route(create_limits, "identity:create_limits", CreateLimits),
    },
    "/v3/limits/model": {"GET": Route(show_model, "identity:get_limit_model")},
    "/v3/limits/{limit_id}": {
        "GET": Route(show_limit, "identity:get_limit"),
        "PATCH": Route(update_limit, "identity:update_limit", UpdateLimit),
        "DELETE": Route(delete_limit, "identity:delete_limit"),
    },
}
