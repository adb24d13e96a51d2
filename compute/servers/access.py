"""The server that a path names, for this caller, allowed by the route's rule."""

from aiohttp import web

from compute.servers import store
from compute.servers.changes import Requester
from compute.servers.server import Server
from identity.callers import caller_of
from identity.policy import authorize
from runtime.database import Connection
from runtime.web.routes import path_uuid


async def fetch_server(request: web.Request, conn: Connection) -> Server:
    """Raises ServerNotFound for what the caller may not see, Forbidden for what the rule does not allow."""
    server = await store.fetch_visible(conn, _id_of(request), caller_of(request).reach)
    authorize(request, {"project_id": server.project_id})
    return server


async def lock_server(request: web.Request, conn: Connection) -> Server:
    """As fetch_server, and nobody else changes the server until the transaction ends."""
    await fetch_server(request, conn)
    return await store.lock(conn, _id_of(request), None)


def _id_of(request: web.Request) -> str:
    return path_uuid(request, "server_id", store.ServerNotFound)


def requester_of(request: web.Request) -> Requester:
    return Requester(caller_of(request).user_id, request["request_id"])
