"""Reads what the groups of external ports are planned from. Triggers mark the owners (migration 0074)."""

from collections.abc import Sequence
from pathlib import Path

from northbound.external_ports.plan import ExternalPorts
from northbound.routers.store import read_routers
from northbound.translation.chassis import read_chassis
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_external_ports(conn: Connection, network_ids: Sequence[str]) -> list[ExternalPorts]:
    """One for each of the networks that have any, in no order."""
    rows = [row async for row in SQL.select_networks(conn, ids=list(network_ids))]
    if not rows:
        return []
    routers = await read_routers(conn, sorted({router_id for row in rows for router_id in row["router_ids"]}))
    chassis = await read_chassis(conn)
    return [
        ExternalPorts(
            id=row["id"],
            availability_zone_hints=row["availability_zone_hints"],
            physical_networks=row["physical_networks"],
            routers=[router for router in routers if router.id in row["router_ids"]],
            chassis=chassis,
        )
        for row in rows
    ]
