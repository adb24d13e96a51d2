"""The bindings API, below each port."""

from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.callers import caller_of
from identity.policy import authorize
from northbound.envelope import pick, reply_one
from northbound.networks.network import InvalidInput
from northbound.port_bindings import store
from northbound.port_bindings.binding import Binding, NoComputePort
from northbound.port_bindings.schema import BindingChanges, CreateBinding, UpdateBinding, render_binding
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.ports.port import Port
from northbound.ports.vnic import read_profile
from northbound.writes import writing
from runtime.database import Connection
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import PAGING_WORDS
from runtime.web.routes import Route, path_uuid

COMPUTE_PREFIX = "compute:"
FILTERS = ("host", "status", "vnic_type", "vif_type")


async def _fetch_port(request: web.Request, conn: Connection, *, locked: bool = False) -> Port:
    port_id = path_uuid(request, "port_id", PortNotFound)
    if locked:
        await ports.lock_port(conn, port_id)
    port = await ports.fetch_port(conn, port_id, caller_of(request).reach)
    authorize(request, {"project_id": port.project_id, "network_project_id": port.network_project_id})
    if locked and not port.device_owner.startswith(COMPUTE_PREFIX):
        raise NoComputePort(port.id)
    return port


async def list_bindings(request: web.Request) -> web.Response:
    """All of them at once: a port has a few."""
    unknown = request.query.keys() - PAGING_WORDS - {*FILTERS}
    if unknown:
        raise BadRequest(f"Filtering by '{min(unknown)[:64]}' is not supported.")
    async with request.app[DATABASE].connection() as conn:
        port = await _fetch_port(request, conn)
        found = [render_binding(binding) for binding in await store.list_bindings(conn, port)]
    wanted = {name: request.query.getall(name) for name in FILTERS if name in request.query}
    shown = [item for item in found if all(item[name] in values for name, values in wanted.items())]
    return reply({"bindings": [pick(request, item) for item in shown]})


async def show_binding(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        port = await _fetch_port(request, conn)
        binding = await store.fetch_binding(conn, port, _host(request))
    return reply_one(request, "binding", render_binding(binding))


async def create_binding(request: web.Request) -> web.Response:
    said = (await read_body(request)).binding
    draft = Binding(host=said.host, vnic_type=said.vnic_type, profile=read_profile(said.profile))
    async with writing(request) as conn:
        port = await _fetch_port(request, conn, locked=True)
        await store.insert_binding(conn, port, draft)
    return reply({"binding": render_binding(draft)}, 201)


async def update_binding(request: web.Request) -> web.Response:
    said = (await read_body(request)).binding
    if said.host not in (UNSET, _host(request)):
        raise InvalidInput("host of a binding cannot be changed: create another binding.")
    async with writing(request) as conn:
        port = await _fetch_port(request, conn, locked=True)
        before = await store.fetch_binding(conn, port, _host(request))
        after = msgspec.structs.replace(before, **_changed(said))
        await store.update_binding(conn, port, after)
    return reply_one(request, "binding", render_binding(after))


def _changed(said: BindingChanges) -> dict[str, Any]:
    changed: dict[str, Any] = {} if said.vnic_type is UNSET else {"vnic_type": said.vnic_type}
    return changed if said.profile is UNSET else changed | {"profile": read_profile(said.profile)}


async def delete_binding(request: web.Request) -> web.Response:
    async with writing(request) as conn:
        port = await _fetch_port(request, conn, locked=True)
        await store.delete_binding(conn, port, await store.fetch_binding(conn, port, _host(request)))
    return no_content()


async def activate_binding(request: web.Request) -> web.Response:
    """The answer is the binding itself, in no envelope, as Neutron gives it."""
    async with writing(request) as conn:
        port = await _fetch_port(request, conn, locked=True)
        binding = await store.fetch_binding(conn, port, _host(request))
        await store.activate(conn, port, binding)
    return reply(render_binding(msgspec.structs.replace(binding, is_active=True, is_ready=True)))


def _host(request: web.Request) -> str:
    return request.match_info["host"]


ROUTES = {
    "/v2.0/ports/{port_id}/bindings": {
        "GET": Route(list_bindings, "network:get_port_binding"),
        "POST": Route(create_binding, "network:create_port_binding", CreateBinding),
    },
    "/v2.0/ports/{port_id}/bindings/{host}": {
        "GET": Route(show_binding, "network:get_port_binding"),
        "PUT": Route(update_binding, "network:update_port_binding", UpdateBinding),
        "DELETE": Route(delete_binding, "network:delete_port_binding"),
    },
    "/v2.0/ports/{port_id}/bindings/{host}/activate": {
        "PUT": Route(activate_binding, "network:activate_port_binding"),
    },
}
