"""Tells agents what OVN no longer permits or translates, so that the connections that are open end with it.

A port's agent is that of the host it is bound to. An address may have been translated by any host that carries gateways,
and admitted on any other, so that every host which speaks hears of it.
"""

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from compute.hosts.store import SILENCE_S
from compute.messages import EndConnections, LostPermit, agent_topic, encode
from northbound.translation.withdrawals import Withdrawn
from runtime.bus.interface import Bus
from runtime.database import Connection, Database, queries

SQL = queries(Path(__file__).with_name("queries.sql"))
MOST_AT_ONCE = 500


class WithdrawalNews:
    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    async def tell(self, withdrawn: Withdrawn) -> None:
        """Raises when not everyone could be told; then it is to be told again, which harms nobody."""
        async with self._database.connection() as conn:
            outgoing = [pair async for pair in _read_outgoing(conn, withdrawn)]
        for host, message in outgoing:
            await self._bus.publish(agent_topic(host), encode(message), key=f"connections/{uuid.uuid4()}")


async def _read_outgoing(conn: Connection, withdrawn: Withdrawn) -> AsyncIterator[tuple[str, EndConnections]]:
    permits = sorted(withdrawn.permits, key=lambda permit: permit.port_id)
    for start in range(0, len(permits), MOST_AT_ONCE):
        some = permits[start : start + MOST_AT_ONCE]
        by_host: dict[str, list[LostPermit]] = defaultdict(list)
        rows = SQL.select_hosts_of_ports(conn, port_ids=[permit.port_id for permit in some])
        hosts = {row["id"]: row["host"] async for row in rows}
        for each in some:
            if host := hosts.get(each.port_id):
                by_host[host].append(LostPermit(UUID(each.port_id), each.protocol, each.destination))
        for host, lost in by_host.items():
            yield host, EndConnections(permits=tuple(lost))
    if withdrawn.addresses:
        async for row in SQL.select_speaking_hosts(conn, silence_s=SILENCE_S):
            yield row["name"], EndConnections(addresses=tuple(sorted(withdrawn.addresses)))
