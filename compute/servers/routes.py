"""/servers: making, listing, showing, changing and deleting them. Actions are in action_routes.py."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from msgspec import UNSET, structs

from compute.links import next_page
from compute.servers import changes, listing, store
from compute.servers.access import fetch_server, lock_server, requester_of
from compute.servers.create import create_servers
from compute.servers.hostname import check_hostname
from compute.servers.networking import chooser
from compute.servers.overview import read_overviews
from compute.servers.render import (
    links_of,
    render_addresses,
    render_brief,
    render_server,
)
from compute.servers.schema import SINCE, ServerChange, ServerDraft, check_offered
from compute.servers.server import Server
from compute.servers.writes import changing
from compute.tasks import store as tasks
from compute.versions.microversions import at_least, refuse_until
from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import POLICY, allowed, authorize
from runtime.database import Connection
from runtime.errors import BadRequest, NotFound
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Page

NETWORKS_REQUIRED_SINCE = 37


async def list_servers(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        page, servers = await _select(request, conn)
    return _reply_page(request, page, servers, [render_brief(request, server) for server in servers])


async def list_details(request: web.Request) -> web.Response:
    async with request.app[DATABASE].snapshot() as conn:
        page, servers = await _select(request, conn)
        shown = await render_all(request, conn, servers)
    return _reply_page(request, page, servers, shown)


async def _select(request: web.Request, conn: Connection) -> tuple[Page, list[Server]]:
    """The page asked for of the caller's own project, or of others where the caller may ask for those."""
    caller = caller_of(request)
    target = {"project_id": caller.project_id}
    authorize(request, target)
    operator = allowed(request, "compute:get_server:host", target)
    project_id = caller.project_id or ""
    if listing.wants_everybody(request.query):
        authorize(request, target, rule="compute:list_servers:all_projects")
        project_id = request.query.get("project_id") or request.query.get("tenant_id")
    return await listing.select(conn, request, listing.Scope(project_id, operator))


def _reply_page(
    request: web.Request, page: Page, servers: Sequence[Server], shown: Sequence[dict[str, Any]]
) -> web.Response:
    following = next_page(request, "servers", page, [server.id for server in servers])
    return reply({"servers": list(shown)} | following)


async def render_all(request: web.Request, conn: Connection, servers: Sequence[Server]) -> list[dict[str, Any]]:
    overviews = await read_overviews(conn, servers)
    return [
        render_server(
            request,
            server,
            overviews[server.id],
            operator=allowed(request, "compute:get_server:host", {"project_id": server.project_id}),
        )
        for server in servers
    ]


async def show_server(request: web.Request) -> web.Response:
    async with request.app[DATABASE].snapshot() as conn:
        server = await fetch_server(request, conn)
        (shown,) = await render_all(request, conn, [server])
    return reply({"server": shown})


async def create_server(request: web.Request) -> web.Response:
    caller = caller_of(request)
    target = {"project_id": caller.project_id}
    authorize(request, target)
    draft: ServerDraft = (await read_body(request)).server
    _check_draft(request, draft, target)
    requester = requester_of(request)
    async with changing(request) as conn:
        may_choose = chooser(request.app[POLICY], caller)
        servers = await create_servers(conn, draft, caller, _project_of(request), may_choose)
        creates(*(server.id for server in servers))
        for server in servers:
            await tasks.begin(conn, "create", server, user_id=requester.user_id, request_id=requester.request_id)
    if draft.return_reservation_id:
        return reply({"reservation_id": servers[0].reservation_id}, status=202)
    return reply({"server": _accepted(request, draft, servers[0])}, status=202)


def _check_draft(request: web.Request, draft: ServerDraft, target: dict[str, Any]) -> None:
    refuse_until(request, draft, SINCE, "server")
    check_offered(draft)
    if draft.networks is UNSET and at_least(request, NETWORKS_REQUIRED_SINCE):
        raise BadRequest("Invalid input for server.networks: required since microversion 2.37.")
    if isinstance(draft.networks, str) and not at_least(request, NETWORKS_REQUIRED_SINCE):
        raise BadRequest("Invalid input for server.networks: expected a list before microversion 2.37.")
    names_host = draft.host or draft.hypervisor_hostname or ":" in (draft.availability_zone or "")
    if names_host:
        authorize(request, target, rule="compute:create_server:host")


def _project_of(request: web.Request) -> str:
    project_id = caller_of(request).project_id
    if project_id is None:
        raise BadRequest("A server belongs to a project: use a token that is scoped to one.")
    return project_id


def _accepted(request: web.Request, draft: ServerDraft, server: Server) -> dict[str, Any]:
    groups = [{"name": group.name} for group in draft.security_groups] or [{"name": "default"}]
    return {
        "id": server.id,
        "links": links_of(request, "servers", server.id),
        "OS-DCF:diskConfig": draft.disk_config,
        "security_groups": groups,
    }


async def update_server(request: web.Request) -> web.Response:
    change: ServerChange = (await read_body(request)).server
    refuse_until(request, change, SINCE, "server")
    async with changing(request) as conn:
        server = await lock_server(request, conn)
        changed = await store.describe(conn, _apply(change, server))
        (shown,) = await render_all(request, conn, [changed])
    return reply({"server": shown})


def _apply(change: ServerChange, server: Server) -> Server:
    """`server` with the attributes that the request names."""
    named = {
        "name": change.name if change.name is UNSET else str(change.name),
        "description": change.description if change.description is UNSET else change.description or None,
        "hostname": change.hostname if change.hostname is UNSET else check_hostname(change.hostname),
        "access_ip_v4": change.accessIPv4 if change.accessIPv4 is UNSET else str(change.accessIPv4 or "") or None,
        "access_ip_v6": change.accessIPv6 if change.accessIPv6 is UNSET else str(change.accessIPv6 or "") or None,
    }
    return structs.replace(server, **{name: value for name, value in named.items() if value is not UNSET})


async def delete_server(request: web.Request) -> web.Response:
    async with changing(request) as conn:
        server = await lock_server(request, conn)
        await changes.delete(conn, server, requester_of(request))
    return no_content()


async def list_addresses(request: web.Request) -> web.Response:
    return reply({"addresses": await _addresses(request)})


async def show_addresses(request: web.Request) -> web.Response:
    addresses, name = await _addresses(request), request.match_info["network"]
    if name not in addresses:
        raise NotFound("Instance is not a member of specified network")
    return reply({name: addresses[name]})


async def _addresses(request: web.Request) -> dict[str, Any]:
    async with request.app[DATABASE].snapshot() as conn:
        server = await fetch_server(request, conn)
        overviews = await read_overviews(conn, [server])
    return render_addresses(overviews[server.id])


async def list_volumes(request: web.Request) -> web.Response:
    """No volumes are offered yet, so that a server has none."""
    async with request.app[DATABASE].connection() as conn:
        await fetch_server(request, conn)
    return reply({"volumeAttachments": []})
