"""The hypervisors, copied from OVN's southbound database into PostgreSQL, so that plans read one place."""

from collections.abc import Sequence
from pathlib import Path

from runtime.database import Connection, queries
from southbound.chassis import Chassis

SQL = queries(Path(__file__).parent / "chassis.sql")


async def read_chassis(conn: Connection) -> list[Chassis]:
    """All known chassis, by name."""
    return [
        Chassis(
            row["name"],
            row["hostname"],
            frozenset(row["physical_networks"]),
            frozenset(row["availability_zones"]),
            row["is_gateway"],
            row["is_alive"],
        )
        async for row in SQL.select_chassis(conn)
    ]


async def replace_chassis(conn: Connection, found: Sequence[Chassis]) -> set[str]:
    """Makes the table say what was found; the names of those that came, went or changed."""
    changed = {chassis.name for chassis in set(found) ^ set(await read_chassis(conn))}
    if not changed:
        return changed
    await SQL.delete_chassis(conn)
    await SQL.insert_chassis(
        conn,
        [
            {
                "name": chassis.name,
                "hostname": chassis.hostname,
                "physical_networks": sorted(chassis.physical_networks),
                "availability_zones": sorted(chassis.availability_zones),
                "is_gateway": chassis.is_gateway,
                "is_alive": chassis.is_alive,
            }
            for chassis in found
        ],
    )
    return changed
