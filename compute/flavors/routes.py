"""/flavors, their extra specs and the projects that private ones are granted to."""

from collections.abc import Callable
from typing import Any

import asyncpg
from aiohttp import web

from compute.flavors import store
from compute.flavors.render import render_brief, render_flavor
from compute.flavors.schema import SINCE, parse_specs
from compute.links import next_page
from compute.versions.microversions import refuse_until, require
from identity.audit.acts import creates
from identity.callers import Caller, caller_of
from identity.policy import authorize
from runtime.database import Connection
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import parse_page

OWN_WORDS = frozenset({"is_public", "minRam", "minDisk"})


async def list_flavors(request: web.Request) -> web.Response:
    return await _list(request, render_brief)


async def list_details(request: web.Request) -> web.Response:
    return await _list(request, render_flavor)


async def _list(request: web.Request, render: Callable[[web.Request, asyncpg.Record], dict[str, Any]]) -> web.Response:
    caller, query = caller_of(request), request.query
    authorize(request, {})
    page = parse_page(query, store.LISTING, ignore=OWN_WORDS)
    async with request.app[DATABASE].connection() as conn:
        flavors = await store.select(
            conn,
            page,
            caller.reach,
            public=_parse_public(query.get("is_public"), caller),
            min_ram_mb=_parse_minimum(request, "minRam"),
            min_disk_gb=_parse_minimum(request, "minDisk"),
        )
    content = {"flavors": [render(request, flavor) for flavor in flavors]}
    return reply(content | next_page(request, "flavors", page, [flavor["id"] for flavor in flavors]))


def _parse_public(text: str | None, caller: Caller) -> bool | None:
    """Which kind is asked for; a caller who is not an administrator always sees all that is theirs to use."""
    if not caller.is_admin:
        return None
    match (text or "true").lower():
        case "none":
            return None
        case "true" | "1" | "t" | "yes" | "on":
            return True
        case "false" | "0" | "f" | "no" | "off":
            return False
    raise BadRequest("Invalid input for is_public: expected true, false or none.")


def _parse_minimum(request: web.Request, name: str) -> int:
    text = request.query.get(name, "0")
    if not text.isdecimal() or len(text) > 9:
        raise BadRequest(f"Invalid input for {name}: expected a whole number, zero or more.")
    return int(text)


async def show_flavor(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        flavor = await _fetch(request, conn)
    return reply({"flavor": render_flavor(request, flavor)})


async def _fetch(request: web.Request, conn: Connection) -> asyncpg.Record:
    """The flavor that the path names, visible to the caller and allowed by the route's rule."""
    flavor = await store.fetch_visible(conn, request.match_info["flavor_id"], caller_of(request).reach)
    authorize(request, {})
    return flavor


async def create_flavor(request: web.Request) -> web.Response:
    authorize(request, {})
    draft = (await read_body(request)).flavor
    refuse_until(request, draft, SINCE, "flavor")
    async with request.app[DATABASE].transaction() as conn:
        flavor = await store.insert(conn, draft, draft.description or None)
        creates(flavor["id"])
    return reply({"flavor": render_flavor(request, flavor)})


async def update_flavor(request: web.Request) -> web.Response:
    require(request, 55)
    body = await read_body(request)
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        flavor = await store.set_description(conn, flavor["id"], body.flavor.description)
    return reply({"flavor": render_flavor(request, flavor)})


async def delete_flavor(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        await store.delete(conn, flavor["id"])
    return web.Response(status=202)


async def list_specs(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        flavor = await _fetch(request, conn)
    return reply({"extra_specs": flavor["extra_specs"]})


async def create_specs(request: web.Request) -> web.Response:
    specs = parse_specs((await read_body(request)).extra_specs)
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        await store.merge_specs(conn, flavor["id"], specs)
    return reply({"extra_specs": specs})


async def show_spec(request: web.Request) -> web.Response:
    key = request.match_info["key"]
    async with request.app[DATABASE].connection() as conn:
        flavor = await _fetch(request, conn)
    if key not in flavor["extra_specs"]:
        raise NotFound(f"Flavor {flavor['id']} has no extra specs with key {key[:255]}.")
    return reply({key: flavor["extra_specs"][key]})


async def update_spec(request: web.Request) -> web.Response:
    key = request.match_info["key"]
    specs = parse_specs(await read_body(request))
    if list(specs) != [key]:
        raise BadRequest("Invalid input: the body holds exactly the key that the path names.")
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        await store.merge_specs(conn, flavor["id"], specs)
    return reply(specs)


async def delete_spec(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        await store.remove_spec(conn, flavor["id"], request.match_info["key"])
    return web.Response(status=200)


async def list_access(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        flavor = await _fetch(request, conn)
        if flavor["is_public"]:
            raise NotFound("Access list not available for public flavors.")
        return await _reply_access(conn, flavor["id"])


async def change_access(request: web.Request) -> web.Response:
    body = await read_body(request)
    if bool(body.add) == bool(body.remove):
        raise BadRequest("Invalid input: expected exactly one of addTenantAccess and removeTenantAccess.")
    async with request.app[DATABASE].transaction() as conn:
        flavor = await _fetch(request, conn)
        if flavor["is_public"]:
            raise Conflict("Can not add access to or remove it from a public flavor.")
        if body.add:
            await store.insert_access(conn, flavor["id"], body.add.tenant)
        else:
            await store.delete_access(conn, flavor["id"], body.remove.tenant)
        return await _reply_access(conn, flavor["id"])


async def _reply_access(conn: Connection, flavor_id: str) -> web.Response:
    projects = await store.select_access(conn, flavor_id)
    return reply({"flavor_access": [{"flavor_id": flavor_id, "tenant_id": project} for project in projects]})
