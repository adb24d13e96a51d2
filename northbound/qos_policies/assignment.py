"""Which policy a resource follows: who may say so, and who is planned again.

A port follows its own policy, else its network's; a floating IP its own, else the external network's; a gateway its own.
Ports of the cloud's own do not follow their network's.
"""

from collections.abc import Collection
from pathlib import Path

from northbound.qos_policies.noun import QOS_POLICIES
from northbound.qos_policies.qos_policy import PolicyRemoveAuthorizationError, QosPolicyNotFound
from northbound.translation import marks
from runtime.database import Connection, queries
from runtime.web.listing import Page, Where

SQL = queries(Path(__file__).parent / "queries.sql")


async def usable_policies(conn: Connection, ids: Collection[str], reach: str | None) -> set[str]:
    """Those that `reach` (see `Caller.reach`) may see; they stay, and stay shared, until the transaction ends."""
    await SQL.keep_policies(conn, ids=sorted(ids))
    where = Where()
    where.add("t.id = ANY({}::uuid[])", sorted(ids))
    return {policy.id for policy in await QOS_POLICIES.select(conn, Page(), where, reach)}


async def check_change(conn: Connection, before: str | None, after: str | None, reach: str | None) -> None:
    """Passes when `reach` may have a resource follow `after` instead of `before`.

    Raises QosPolicyNotFound, or PolicyRemoveAuthorizationError: what somebody else put there, and may not be seen, stays.
    """
    if before == after:
        return
    usable = await usable_policies(conn, {policy for policy in (before, after) if policy}, reach)
    if after is not None and after not in usable:
        raise QosPolicyNotFound(after)
    if before is not None and before not in usable:
        raise PolicyRemoveAuthorizationError(before)


async def follow_port(conn: Connection, port_id: str, policy_id: str | None, reach: str | None) -> None:
    """Has a port that other slices made, such as a gateway's, follow a policy. Raises what `check_change` raises."""
    await check_change(conn, await SQL.policy_of_port(conn, id=port_id), policy_id, reach)
    await SQL.set_policy_of_port(conn, id=port_id, policy_id=policy_id)
    await marks.mark(conn, "port", port_id)


async def find_default(conn: Connection, project_id: str) -> str | None:
    """The policy that new networks of the project follow."""
    return await SQL.find_default(conn, project_id=project_id)


async def mark_followers(conn: Connection, policy_id: str) -> None:
    """The rules of the policy changed: whoever follows it is planned again."""
    await _mark(conn, [row async for row in SQL.followers_of_policy(conn, policy_id=policy_id)])


async def mark_network_followers(conn: Connection, network_id: str) -> None:
    """The network follows another policy: so does what has none of its own."""
    await _mark(conn, [row async for row in SQL.followers_of_network(conn, network_id=network_id)])


async def mark_guaranteed(conn: Connection, network_id: str) -> None:
    """The network lies elsewhere: bandwidth is guaranteed on a physical network alone."""
    ids = [row["id"] async for row in SQL.guaranteed_in_network(conn, network_id=network_id)]
    if ids:
        await marks.mark(conn, "port", *ids)


async def _mark(conn: Connection, rows: list) -> None:
    for kind in ("port", "floating_ip"):
        if ids := [row["id"] for row in rows if row["kind"] == kind]:
            await marks.mark(conn, kind, *ids)
