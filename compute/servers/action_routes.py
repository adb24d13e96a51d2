"""POST /servers/{id}/action: one action per request, named by the only key of the body."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from compute.servers import changes
from compute.servers.access import fetch_server, lock_server, requester_of
from compute.servers.console import CONSOLE, last_lines
from compute.servers.groups import add_group, remove_group
from compute.servers.schema import ConsoleOutput, ServerAction
from compute.servers.server import Server
from compute.servers.states import InvalidState
from compute.servers.writes import changing
from identity.audit.acts import specify
from runtime.attributes import given
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE

Change = Callable[[web.Request, Connection, Server, ServerAction], Awaitable[Any]]


async def act(request: web.Request) -> web.Response:
    """Start, stop, reboot, delete a server, change its security groups, or read its console."""
    body: ServerAction = await read_body(request)
    named = list(given(body))
    if len(named) != 1:
        raise BadRequest("Invalid input: the body names exactly one action.")
    if named == ["os-getConsoleOutput"]:
        return await _read_console(request, body.console)
    async with changing(request) as conn:
        specify(named[0])
        await CHANGES[named[0]](request, conn, await lock_server(request, conn), body)
    return web.Response(status=202)


async def _start(request: web.Request, conn: Connection, server: Server, _body: ServerAction) -> None:
    await changes.start(conn, server, requester_of(request))


async def _stop(request: web.Request, conn: Connection, server: Server, _body: ServerAction) -> None:
    await changes.stop(conn, server, requester_of(request))


async def _reboot(request: web.Request, conn: Connection, server: Server, body: ServerAction) -> None:
    await changes.reboot(conn, server, body.reboot, requester_of(request))


async def _delete(request: web.Request, conn: Connection, server: Server, _body: ServerAction) -> None:
    await changes.delete(conn, server, requester_of(request))


async def _add_group(request: web.Request, conn: Connection, server: Server, body: ServerAction) -> None:
    await add_group(conn, server, body.add_group.name)


async def _remove_group(request: web.Request, conn: Connection, server: Server, body: ServerAction) -> None:
    await remove_group(conn, server, body.remove_group.name)


CHANGES: dict[str, Change] = {
    "os-start": _start,
    "os-stop": _stop,
    "reboot": _reboot,
    "forceDelete": _delete,
    "addSecurityGroup": _add_group,
    "removeSecurityGroup": _remove_group,
}


async def _read_console(request: web.Request, wanted: ConsoleOutput) -> web.Response:
    """The tail of the console; a server that has not booted yet has said nothing."""
    async with request.app[DATABASE].connection() as conn:
        server = await fetch_server(request, conn)
    if server.host is None:
        raise InvalidState(f"Instance {server.id} is not ready: it is on no host.")
    text = await request.app[CONSOLE].ask(server.id, server.host)
    lines = None if wanted.length is None else int(wanted.length)
    return reply({"output": last_lines(text or "", lines)})
