"""/servers/{id}/os-instance-actions. Since 2.21 also of servers that are gone: the rows outlive them."""

from datetime import datetime
from typing import Any

from aiohttp import web

from compute.servers import store as servers
from compute.tasks import store as tasks
from compute.tasks.task import Event, Task
from compute.versions.microversions import at_least
from identity.callers import caller_of
from identity.policy import allowed, authorize
from runtime.database import Connection
from runtime.errors import BadRequest, NotFound
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE
from runtime.web.listing import LARGEST_PAGE
from runtime.web.routes import path_uuid

GONE_SERVERS_SINCE = 21
EVENTS_SINCE = 51
UPDATED_SINCE = PAGING_SINCE = 58
HOSTS_SINCE = 62
DETAILS_SINCE = 84


async def list_actions(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        found = await _visible_tasks(request, conn)
    return reply({"instanceActions": [render_action(request, task) for task in _page(request, found)]})


async def _visible_tasks(request: web.Request, conn: Connection) -> list[Task]:
    """The tasks of the server that the path names, newest first. Raises ServerNotFound for others' servers."""
    server_id = path_uuid(request, "server_id", servers.ServerNotFound)
    found = await tasks.tasks_of(conn, server_id)
    server = await servers.find(conn, server_id)
    if server is None and not at_least(request, GONE_SERVERS_SINCE):
        raise servers.ServerNotFound(server_id)
    owner = server.project_id if server else next((task.project_id for task in found), None)
    if owner is None or caller_of(request).reach not in (None, owner):
        raise servers.ServerNotFound(server_id)
    authorize(request, {"project_id": owner})
    return found


def _page(request: web.Request, found: list[Task]) -> list[Task]:
    """What `limit` and `marker` leave of the tasks; the marker is a request id."""
    if not at_least(request, PAGING_SINCE):
        return found
    marker, limit = request.query.get("marker"), request.query.get("limit", str(LARGEST_PAGE))
    if not limit.isdecimal() or len(limit) > 9:
        raise BadRequest("Invalid input for limit: expected a whole number, zero or more.")
    if marker is not None:
        places = [place for place, task in enumerate(found) if task.request_id == marker]
        if not places:
            raise BadRequest(f"Invalid input for marker: no action {marker[:64]}.")
        found = found[places[-1] + 1 :]
    return found[: int(limit)]


async def show_action(request: web.Request) -> web.Response:
    request_id = request.match_info["request_id"]
    async with request.app[DATABASE].connection() as conn:
        task = next((task for task in await _visible_tasks(request, conn) if task.request_id == request_id), None)
        if task is None:
            raise NotFound(f"Action for request_id {request_id[:64]} not found.")
        events = await tasks.events_of(conn, task.id)
    operator = allowed(request, "compute:get_instance_action:details", {"project_id": task.project_id})
    shown = render_action(request, task)
    if operator or at_least(request, EVENTS_SINCE):
        shown["events"] = [render_event(request, event, operator=operator) for event in events]
    return reply({"instanceAction": shown})


def render_action(request: web.Request, task: Task) -> dict[str, Any]:
    shown = {
        "action": task.kind,
        "instance_uuid": task.server_id,
        "request_id": task.request_id,
        "user_id": task.user_id,
        "project_id": task.project_id,
        "start_time": _precise(task.started_at),
        "message": "Error" if task.state == "failed" else None,
    }
    return shown | ({"updated_at": _precise(task.updated_at)} if at_least(request, UPDATED_SINCE) else {})


def render_event(request: web.Request, event: Event, *, operator: bool) -> dict[str, Any]:
    """One step; `operator` sees where it happened and what went wrong there."""
    shown: dict[str, Any] = {
        "event": event.name,
        "start_time": _precise(event.started_at),
        "finish_time": _precise(event.finished_at),
        "result": event.result,
    }
    if operator:
        shown["traceback"] = None
        if at_least(request, HOSTS_SINCE):
            shown["host"] = event.host
        if at_least(request, DETAILS_SINCE):
            shown["details"] = event.details
    return shown


def _precise(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") if moment else None
