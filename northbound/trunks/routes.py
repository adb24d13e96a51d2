"""What can be done with a trunk beside the routes that every noun has: its subports."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from identity.callers import Caller, caller_of
from identity.policy import authorize
from northbound.ports import store as ports
from northbound.trunks import store
from northbound.trunks.schema import AddSubPorts, RemoveSubPorts, render_trunk, wanted_subports
from northbound.trunks.trunk import Trunk, TrunkDisabled, TrunkNotFound
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.routes import Route, path_uuid

Change = Callable[[Connection, Trunk, Any, Caller], Awaitable[None]]


async def list_subports(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        trunk = await store.TRUNKS.fetch(conn, _trunk_id(request), caller_of(request).reach)
    authorize(request, {"project_id": trunk.project_id})
    return reply({"sub_ports": trunk.sub_ports})


async def add_subports(request: web.Request) -> web.Response:
    return await _change(request, _add)


async def remove_subports(request: web.Request) -> web.Response:
    return await _change(request, _remove)


async def _change(request: web.Request, change: Change) -> web.Response:
    """The answer is the trunk itself, in no envelope, as Neutron gives it."""
    caller, body = caller_of(request), await read_body(request)
    async with writing(request) as conn:
        trunk = await store.TRUNKS.fetch_locked(conn, _trunk_id(request), caller.reach)
        authorize(request, {"project_id": trunk.project_id})
        if not trunk.admin_state_up:
            raise TrunkDisabled(trunk.id)
        await change(conn, trunk, body, caller)
        await store.TRUNKS.touch(conn, trunk.id)
        after = await store.TRUNKS.fetch(conn, trunk.id, None)
    return reply(render_trunk(after))


async def _add(conn: Connection, trunk: Trunk, body: AddSubPorts, caller: Caller) -> None:
    parent = await ports.fetch_port(conn, trunk.port_id, None)
    await store.add_subports(conn, trunk.id, parent, wanted_subports(body.sub_ports), caller.reach)


async def _remove(conn: Connection, trunk: Trunk, body: RemoveSubPorts, _caller: Caller) -> None:
    await store.remove_subports(conn, trunk, [str(subport.port_id) for subport in body.sub_ports])


def _trunk_id(request: web.Request) -> str:
    return path_uuid(request, "resource_id", TrunkNotFound)


ROUTES = {
    "/v2.0/trunks/{resource_id}/get_subports": {"GET": Route(list_subports, "network:get_subports")},
    "/v2.0/trunks/{resource_id}/add_subports": {"PUT": Route(add_subports, "network:add_subports", AddSubPorts)},
    "/v2.0/trunks/{resource_id}/remove_subports": {
        "PUT": Route(remove_subports, "network:remove_subports", RemoveSubPorts)
    },
}
