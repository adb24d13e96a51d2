"""The bodies of the RBAC policies API, and how a policy is shown.

`target_project` is another name of `target_tenant`; what counts from here on is what either of them said.
"""

import uuid
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from northbound.projects import Owned
from northbound.rbac_policies.kinds import KINDS
from northbound.rbac_policies.rbac_policy import RbacPolicy, UnknownGrant
from runtime.attributes import Body, Uuid
from runtime.errors import BadRequest

Target = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*\Z")]


class PolicyDraft(Owned, kw_only=True):
    object_type: str
    object_id: Uuid
    action: str
    target_tenant: Target | UnsetType = UNSET
    target_project: Target | UnsetType = UNSET


class CreatePolicy(Body):
    rbac_policy: PolicyDraft | UnsetType = UNSET
    rbac_policies: list[PolicyDraft] | UnsetType = UNSET


class PolicyChanges(Body):
    target_tenant: Target | UnsetType = UNSET
    target_project: Target | UnsetType = UNSET


class UpdatePolicy(Body):
    rbac_policy: PolicyChanges


def draft_policy(body: PolicyDraft, project_id: str) -> RbacPolicy:
    """Raises BadRequest: no target, an unknown object type, an action that its objects do not have."""
    if body.object_type not in KINDS:
        raise UnknownGrant("object_type", body.object_type, sorted(KINDS))
    if body.action not in KINDS[body.object_type].users:
        raise UnknownGrant("action", body.action, sorted(KINDS[body.object_type].users))
    target = _target(body)
    if target is UNSET:
        raise BadRequest("Invalid input for target_tenant: a project is required.")
    return RbacPolicy(
        id=str(uuid.uuid4()),
        project_id=project_id,
        object_type=body.object_type,
        object_id=str(body.object_id),
        action=body.action,
        target_project=target,
    )


def change_policy(policy: RbacPolicy, changes: PolicyChanges) -> RbacPolicy:
    target = _target(changes)
    return policy if target is UNSET else msgspec.structs.replace(policy, target_project=target)


def _target(body: PolicyDraft | PolicyChanges) -> str | UnsetType:
    if UNSET not in (body.target_tenant, body.target_project) and body.target_tenant != body.target_project:
        raise BadRequest("Invalid input for target_tenant: 'target_tenant' and 'target_project' do not match.")
    return body.target_project if body.target_tenant is UNSET else body.target_tenant


def render_policy(policy: RbacPolicy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "project_id": policy.project_id,
        "tenant_id": policy.project_id,
        "object_type": policy.object_type,
        "object_id": policy.object_id,
        "action": policy.action,
        "target_tenant": policy.target_project,
    }
