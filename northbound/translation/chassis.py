"""The hypervisors, copied from OVN's southbound database into PostgreSQL, so that plans read one place.

When what a gateway's plan reads has changed, every gateway is planned again.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from northbound.translation import marks
from runtime.database import Connection, Database, queries
from southbound.chassis import Chassis, parse_chassis
from southbound.ovsdb.replica import Change
from southbound.ovsdb.session import Session

SQL = queries(Path(__file__).parent / "chassis.sql")
GATEWAYS = "(SELECT port_id AS id FROM northbound.router_ports WHERE is_gateway) AS gateways"
ROUTERS = "(SELECT DISTINCT router_id AS id FROM northbound.router_ports WHERE is_gateway) AS routers"


async def read_chassis(conn: Connection) -> list[Chassis]:
    """All known chassis, by name."""
    return [
        Chassis(
            row["name"],
            row["hostname"],
            frozenset(row["physical_networks"]),
            frozenset(row["availability_zones"]),
            row["is_gateway"],
        )
        async for row in SQL.select_chassis(conn)
    ]


async def replace_chassis(conn: Connection, found: Sequence[Chassis]) -> bool:
    """Makes the table say what was found; False when it already did."""
    if sorted(found, key=lambda chassis: chassis.name) == await read_chassis(conn):
        return False
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
            }
            for chassis in found
        ],
    )
    return True


class ChassisCopy:
    """Copies chassis when they change and after each (re)connect; marks routers that lead out and their gateways then."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database = database
        self._session = session
        self._wanted = asyncio.Event()
        session.replica.listen(self._observe)
        session.listen_complete(self._wanted.set)

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._session.wait_complete()
            found = [parse_chassis(row) for row in self._session.replica.rows("Chassis").values()]
            async with self._database.transaction() as conn:
                if await replace_chassis(conn, found):
                    await marks.mark_all(conn, "router", ROUTERS)
                    await marks.mark_all(conn, "port", GATEWAYS)
                    await marks.mark_all(conn, "external_ports", "northbound.networks_of_external_ports")

    def _observe(self, change: Change) -> None:
        if change.table == "Chassis":
            self._wanted.set()
