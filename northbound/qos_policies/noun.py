"""QoS policies, declared."""

from identity.callers import Caller
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table, standard_attributes
from northbound.qos_policies.policy import RULES
from northbound.qos_policies.qos_policy import (
    QosPolicy,
    QoSPolicyDefaultAlreadyExists,
    QosPolicyInUse,
    QosPolicyNotFound,
    QosPolicySharingInUse,
)
from northbound.qos_policies.schema import CreateQosPolicy, UpdateQosPolicy, draft_policy, render_policy
from northbound.sharing import store as sharing
from northbound.sharing.shareable import Shareable
from northbound.sharing.visibility import EVERYONE, SHARED, shared_to, visible
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing

KIND = "qos_policy"


def listing_for(viewer: str | None) -> Listing:
    """`viewer` is the place of the project that looks; None: nobody's in particular."""
    shared = shared_to(KIND, "t", viewer)
    return Listing(
        select=(
            f"SELECT t.*, {shared} AS shared, (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at, r.id),"
            " '[]') FROM northbound.qos_rules r WHERE r.qos_policy_id = t.id) AS rules FROM northbound.qos_policies t"
        ),
        attributes=standard_attributes(
            description=Attribute("t.description"),
            shared=Attribute(shared, "bool"),
            is_default=Attribute("t.is_default", "bool"),
        ),
    )


QOS_POLICIES = Table(
    name="northbound.qos_policies",
    shape=QosPolicy,
    listing=listing_for(None),
    listing_for=listing_for,
    columns=("id", "project_id", "name", "description", "is_default", "tags"),
    changing=("name", "description", "is_default"),
    missing=QosPolicyNotFound,
    visible=visible(KIND, "t"),
    quota=KIND,
    constraints={
        "qos_policies_default": lambda policy: QoSPolicyDefaultAlreadyExists(policy.project_id),
        "ports_qos_policy": lambda policy: QosPolicyInUse(policy.id, "port"),
        "networks_qos_policy": lambda policy: QosPolicyInUse(policy.id, "network"),
        "floating_ips_qos_policy": lambda policy: QosPolicyInUse(policy.id, "floating IP"),
    },
)

# A gateway's port belongs to nobody; its router's project is who uses the policy.
QOS_POLICY_SHARING = Shareable(
    kind=KIND,
    table="northbound.qos_policies",
    missing=QosPolicyNotFound,
    users={
        SHARED: (
            "SELECT coalesce(r.project_id, p.project_id) AS project_id FROM northbound.ports p"
            " LEFT JOIN northbound.router_ports g ON g.port_id = p.id LEFT JOIN northbound.routers r"
            " ON r.id = g.router_id WHERE p.qos_policy_id = $1"
            " UNION ALL SELECT n.project_id FROM northbound.networks n WHERE n.qos_policy_id = $1"
            " UNION ALL SELECT f.project_id FROM northbound.floating_ips f WHERE f.qos_policy_id = $1"
        ),
    },
)


async def insert(conn: Connection, draft: QosPolicy, _caller: Caller) -> None:
    await QOS_POLICIES.insert(conn, draft)
    if draft.shared:
        await sharing.set_shared(conn, KIND, draft.id, draft.project_id, True)


async def update(conn: Connection, before: QosPolicy, after: QosPolicy, _caller: Caller) -> None:
    """Raises QosPolicySharingInUse when others follow a policy that shall no longer be shared."""
    await QOS_POLICIES.update(conn, before, after)
    if before.shared != after.shared:
        await sharing.set_shared(conn, KIND, after.id, after.project_id, after.shared)
        if await sharing.is_needed(conn, QOS_POLICY_SHARING, after.id, after.project_id, SHARED, EVERYONE):
            raise QosPolicySharingInUse(after.id)


QOS_POLICY = Noun(
    name="policy",
    plural="policies",
    path="qos/policies",
    table=QOS_POLICIES,
    rules=RULES,
    create_body=CreateQosPolicy,
    update_body=UpdateQosPolicy,
    draft=draft_policy,
    render=render_policy,
    taggable=True,
    insert=insert,
    update=update,
)
