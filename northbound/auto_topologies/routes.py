"""The auto-allocated topology API: reading it makes it, `fields=dry-run` says whether that would work."""

from aiohttp import web

from identity.callers import caller_of
from identity.policy import MEMBER, Rule, authorize
from northbound.auto_topologies.building import check_requirements, find_or_build, take_apart
from northbound.writes import writing
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE

RULES = [
    Rule("network:get_auto_allocated_topology", MEMBER, "Get a project's own topology, made when there is none."),
    Rule("network:delete_auto_allocated_topology", MEMBER, "Take a project's own topology away."),
]
DRY_RUN = "dry-run"
OWN = ("None", "null")
"""What clients send for their own project."""


async def get_topology(request: web.Request) -> web.Response:
    project_id = _project(request)
    if DRY_RUN in request.query.getall("fields", []):
        async with request.app[DATABASE].connection() as conn:
            await check_requirements(conn)
        return _shown("dry-run=pass", project_id)
    async with writing(request) as conn:
        topology = await find_or_build(conn, project_id)
    return _shown(topology.network_id, project_id)


async def delete_topology(request: web.Request) -> web.Response:
    project_id = _project(request)
    async with writing(request) as conn:
        await take_apart(conn, project_id)
    return no_content()


def _project(request: web.Request) -> str:
    """The project of the path, which the caller may act for."""
    said = request.match_info["project_id"]
    project_id = caller_of(request).project_id if said in OWN else said
    if not project_id or len(project_id) > 64 or "\x00" in project_id:
        raise BadRequest("Invalid input for project_id: the token has no project, so one must be named.")
    authorize(request, {"project_id": project_id})
    return project_id


def _shown(topology_id: str, project_id: str) -> web.Response:
    shown = {"id": topology_id, "project_id": project_id, "tenant_id": project_id}
    return reply({"auto_allocated_topology": shown})
