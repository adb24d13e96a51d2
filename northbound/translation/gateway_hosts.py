"""Where each gateway is served: a function of its binding in OVN's southbound database.

    Port_Binding.chassis -> the chassis' host name -> northbound.gateway_hosts        bound nowhere -> ""

A failover is one change of a binding for each gateway that moves, at once: they are written together.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from runtime.database import Database, queries
from southbound.gateways import parse_gateway
from southbound.ovsdb.replica import Columns, Replica

SQL = queries(Path(__file__).parent / "gateway_hosts.sql")


class GatewayHosts:
    """The level that is kept in northbound.gateway_hosts."""

    table = "Port_Binding"
    also = frozenset({"Chassis"})
    absent = ""

    def __init__(self, database: Database, southbound: Replica) -> None:
        self._database = database
        self._southbound = southbound

    def read(self, row: Columns) -> tuple[str, str] | None:
        port_id = parse_gateway(row)
        return None if port_id is None else (port_id, self._host(row))

    def _host(self, row: Columns) -> str:
        chassis = self._southbound.find("Chassis", str(row["chassis"])) if row["chassis"] else None
        return str(chassis["hostname"]) if chassis is not None else self.absent

    async def forget_others(self, keys: Collection[str]) -> None:
        async with self._database.transaction() as conn:
            await SQL.forget_others(conn, port_ids=list(keys))

    async def store(self, seen: Mapping[str, str]) -> None:
        async with self._database.transaction() as conn:
            await SQL.update_hosts(conn, port_ids=list(seen), hosts=list(seen.values()))
