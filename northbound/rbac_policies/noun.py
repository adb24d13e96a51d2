"""RBAC policies, declared. Each write holds the object locked: nobody comes to use it, or to be its last grant, meanwhile."""

from identity.callers import Caller
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table
from northbound.quotas import store as quotas
from northbound.rbac_policies.kinds import KINDS
from northbound.rbac_policies.policy import RULES
from northbound.rbac_policies.rbac_policy import (
    DuplicateRbacPolicy,
    NotGrantable,
    NotTheOwner,
    RbacPolicy,
    RbacPolicyInUse,
    RbacPolicyNotFound,
    target_of_rules,
)
from northbound.rbac_policies.schema import CreatePolicy, UpdatePolicy, change_policy, draft_policy, render_policy
from northbound.sharing import store as sharing
from northbound.sharing.visibility import EVERYONE
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing

POLICIES = Table(
    name="northbound.rbac_policies",
    shape=RbacPolicy,
    listing=Listing(
        select="SELECT t.* FROM northbound.rbac_policies t",
        attributes={
            "id": Attribute("t.id", "uuid"),
            "project_id": Attribute("t.project_id"),
            "tenant_id": Attribute("t.project_id"),
            "object_type": Attribute("t.object_type"),
            "object_id": Attribute("t.object_id", "uuid"),
            "action": Attribute("t.action"),
            "target_tenant": Attribute("t.target_project"),
            "target_project": Attribute("t.target_project"),
        },
    ),
    columns=("id", "project_id", "object_type", "object_id", "action", "target_project"),
    changing=("target_project",),
    missing=RbacPolicyNotFound,
    constraints={"rbac_policies_same": lambda _policy: DuplicateRbacPolicy()},
)


async def insert(conn: Connection, draft: RbacPolicy, caller: Caller) -> None:
    """Raises OverQuota, DuplicateRbacPolicy, NotTheOwner, NotGrantable, and the NotFound of an object that the caller
    cannot see."""
    shareable = KINDS[draft.object_type]
    owner = await sharing.lock_object(conn, shareable, draft.object_id, caller.reach)
    if caller.reach not in (None, owner):
        raise NotTheOwner(draft)
    await _check_grantable(conn, draft)
    await POLICIES.insert(conn, draft)
    await quotas.take(conn, draft.project_id, sharing.RESOURCE)
    await sharing.grants_changed(conn, shareable, draft.object_id)


async def update(conn: Connection, before: RbacPolicy, after: RbacPolicy, _caller: Caller) -> None:
    """Raises DuplicateRbacPolicy, and RbacPolicyInUse when who may no longer use the object does."""
    owner = await sharing.lock_object(conn, KINDS[before.object_type], before.object_id, None)
    await _check_not_everybodys(conn, before)
    await _check_grantable(conn, after)
    await POLICIES.update(conn, before, after)
    await _check_not_needed(conn, before, owner)


async def delete(conn: Connection, policy: RbacPolicy, _caller: Caller) -> None:
    """Raises RbacPolicyInUse."""
    owner = await sharing.lock_object(conn, KINDS[policy.object_type], policy.object_id, None)
    await _check_not_everybodys(conn, policy)
    await POLICIES.delete(conn, policy)
    await _check_not_needed(conn, policy, owner)


async def _check_grantable(conn: Connection, policy: RbacPolicy) -> None:
    shareable = KINDS[policy.object_type]
    if shareable.held:
        await conn.execute(shareable.held, policy.object_id)
    query = shareable.grantable
    if query and not await conn.fetchval(query, policy.object_id, policy.target_project):
        raise NotGrantable(policy)


async def _check_not_everybodys(conn: Connection, policy: RbacPolicy) -> None:
    query = KINDS[policy.object_type].everybodys.get(policy.action)
    if policy.target_project == EVERYONE and query and await conn.fetchval(query, policy.object_id):
        raise RbacPolicyInUse(policy)


async def _check_not_needed(conn: Connection, gone: RbacPolicy, owner: str) -> None:
    shareable = KINDS[gone.object_type]
    if await sharing.is_needed(conn, shareable, gone.object_id, owner, gone.action, gone.target_project):
        raise RbacPolicyInUse(gone)
    await sharing.grants_changed(conn, shareable, gone.object_id)


RBAC_POLICY = Noun(
    name="rbac_policy",
    plural="rbac_policies",
    path="rbac-policies",
    table=POLICIES,
    rules=RULES,
    create_body=CreatePolicy,
    update_body=UpdatePolicy,
    draft=draft_policy,
    change=change_policy,
    render=render_policy,
    target=target_of_rules,
    insert=insert,
    update=update,
    delete=delete,
)
