"""Reads what the plans of floating IPs need."""

from collections.abc import Sequence

from northbound.floating_ips.plan import FloatingIpView
from northbound.floating_ips.store import SQL, read_floating_ips
from northbound.qos_rules.store import read_rules
from northbound.routers.store import read_routers
from runtime.database import Connection


async def read_floating_ip_views(conn: Connection, floating_ip_ids: Sequence[str]) -> list[FloatingIpView]:
    """Those of the ids that exist, in no order."""
    found = await read_floating_ips(conn, floating_ip_ids)
    router_ids = {one.router_id for one in found if one.router_id}
    routers = {router.id: router for router in await read_routers(conn, sorted(router_ids))} if router_ids else {}
    members = {row["id"] async for row in SQL.select_members(conn, ids=list(floating_ip_ids))}
    followed = {one.effective_qos_policy_id for one in found} - {None}
    rules = await read_rules(conn, followed) if followed else {}
    return [
        FloatingIpView(
            one, routers.get(one.router_id or ""), one.id in members, rules.get(one.effective_qos_policy_id, ())
        )
        for one in found
    ]
