"""Whose a new resource is: `project_id` of the body, or `tenant_id`, its old name, else the caller's project."""

from typing import Annotated

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from identity.callers import caller_of
from identity.policy import Rule, allowed
from runtime.attributes import Body
from runtime.errors import BadRequest, Forbidden

ProjectId = Annotated[str, Meta(max_length=64)]
RULES = [
    Rule(
        "network:create_for_other_project",
        "role:admin",
        "Create a resource of the network API for another project.",
        asked_with=("network:create_*",),
    ),
]


class Owned(Body):
    """A body that may name the project which the resource will belong to."""

    project_id: ProjectId | UnsetType = UNSET
    tenant_id: ProjectId | UnsetType = UNSET


def owner_of(request: web.Request, body: Owned) -> str:
    """The project of the new resource; raises BadRequest when there is none or the two names disagree, Forbidden when
    it is another one than the caller's and the caller may not decide that."""
    own = caller_of(request).project_id
    if UNSET not in (body.project_id, body.tenant_id) and body.project_id != body.tenant_id:
        raise BadRequest("Invalid input for project_id: 'project_id' and 'tenant_id' do not match.")
    said = body.tenant_id if body.project_id is UNSET else body.project_id
    project_id = own if said is UNSET else said
    if not project_id:
        raise BadRequest("Invalid input for project_id: the token has no project, so one must be named.")
    if project_id != own and not allowed(request, "network:create_for_other_project", {"project_id": project_id}):
        raise Forbidden("Policy does not allow setting 'project_id' (network:create_for_other_project).")
    return project_id
