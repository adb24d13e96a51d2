"""A tiny cloud for the loop's tests: networks and ports in their real tables, with plans of a few lines."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import netaddr

from northbound.translation import marks
from northbound.translation.desired import OwnerKind
from northbound.translation.service import Translation, TranslationSettings
from runtime.database import Connection, Database, DatabaseSettings
from southbound import names
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import SessionSettings
from tests.daemons.ovn import Ovn

END_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Named:
    """A network, or a port of `network_id`."""

    id: str
    name: str
    network_id: str = ""


async def read_networks(conn: Connection, ids: Sequence[str]) -> list[Named]:
    query = "SELECT id, name FROM northbound.networks WHERE id = ANY($1::uuid[])"
    return [Named(**row) for row in await conn.fetch(query, list(ids))]


async def read_ports(conn: Connection, ids: Sequence[str]) -> list[Named]:
    query = "SELECT id, name, network_id FROM northbound.ports WHERE id = ANY($1::uuid[])"
    return [Named(**row) for row in await conn.fetch(query, list(ids))]


def plan_network(network: Named) -> list[Row]:
    if network.name == "unplannable":
        raise ValueError(network.name)
    columns = {
        "name": names.switch_name(network.id),
        "external_ids": {"neutron:network_name": network.name},
    }
    owner = names.network_owner(network.id)
    return [
        Row("Logical_Switch", owner, names.switch_uuid(network.id), columns),
        Row("Port_Group", owner, names.drop_group_uuid(network.id), {"name": names.port_group_name(network.id)}),
    ]


def plan_port(port: Named) -> list[Row]:
    columns = {
        "name": "taken" if port.name == "taken" else port.id,
        "tag_request": 5000 if port.name == "refused" else None,
        "type": "router" if port.name == "router" else "",
        "enabled": port.name != "disabled",
        "external_ids": {"neutron:port_name": port.name},
    }
    inside = ("Logical_Switch", names.switch_uuid(port.network_id), "ports")
    members = (("Port_Group", names.drop_group_uuid(port.network_id), "ports"),)
    uuid = names.switch_port_uuid(port.id)
    return [Row("Logical_Switch_Port", names.port_owner(port.id), uuid, columns, inside, members)]


KINDS = (
    OwnerKind("network", "northbound.networks", read_networks, plan_network),
    OwnerKind("port", "northbound.ports", read_ports, plan_port),
)


@dataclass
class Cloud:
    """A database, OVN, and the means to run translations between them."""

    database: Database
    database_settings: DatabaseSettings
    ovn: Ovn
    _stations: Iterator[int] = field(default_factory=itertools.count)

    async def insert_network(self, name: str = "a network") -> tuple[str, int]:
        """(id, revision)"""
        network_id = str(uuid.uuid4())
        async with self.database.transaction() as conn:
            await conn.execute(
                "INSERT INTO northbound.networks (id, project_id, name, description, admin_state_up,"
                " mtu, port_security_enabled) VALUES ($1, 'p', $2, '', true, 1442, true)",
                network_id,
                name,
            )
            return network_id, await marks.mark(conn, "network", network_id)

    async def insert_port(self, network_id: str, name: str = "a port") -> tuple[str, int]:
        """(id, revision)"""
        port_id = str(uuid.uuid4())
        mac = str(netaddr.EUI(0xFA163E000000 + next(self._stations), dialect=netaddr.mac_unix_expanded))
        async with self.database.transaction() as conn:
            await conn.execute(
                "INSERT INTO northbound.ports (id, network_id, project_id, name, description, mac_address,"
                " admin_state_up, device_id, device_owner, port_security_enabled)"
                " VALUES ($1, $2, 'p', $3, '', $4, true, '', '', true)",
                port_id,
                network_id,
                name,
                mac,
            )
            return port_id, await marks.mark(conn, "port", port_id)

    async def delete(self, kind: str, owner_id: str) -> int:
        """The revision."""
        async with self.database.transaction() as conn:
            await conn.execute(f"DELETE FROM northbound.{kind}s WHERE id = $1", owner_id)
            return await marks.mark(conn, kind, owner_id)

    async def rename(self, kind: str, owner_id: str, name: str) -> int:
        """The revision."""
        async with self.database.transaction() as conn:
            await conn.execute(f"UPDATE northbound.{kind}s SET name = $2 WHERE id = $1", owner_id, name)
            return await marks.mark(conn, kind, owner_id)

    async def wait_value(self, query: str, *values: object, equals: object) -> None:
        """Returns when the query's one value is as wanted."""
        async with asyncio.timeout(20):
            while True:
                async with self.database.connection() as conn:
                    found = await conn.fetchval(query, *values)
                if found == equals:
                    return
                await asyncio.sleep(0.02)

    def translation(
        self,
        holder: str = "one",
        kinds: Sequence[OwnerKind] = KINDS,
        settle_timeout_s: float = 20,
        **settings: object,
    ) -> Translation:
        """One whose requests wait long enough for a busy machine."""
        return Translation(
            self.database,
            self.database_settings,
            TranslationSettings(
                SessionSettings(self.ovn.northbound.remote, probe_interval_s=0.5),
                SessionSettings(self.ovn.southbound.remote),
                settle_timeout_s=settle_timeout_s,
                **settings,
            ),
            holder=holder,
            kinds=kinds,
        )


@asynccontextmanager
async def running(translation: Translation) -> AsyncIterator[asyncio.Task]:
    """Runs a translation, which need not lead; yields its task."""
    task = asyncio.create_task(translation.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=END_TIMEOUT_S)
        assert task.done(), f"told to stop, it goes on: {task.get_stack()}"
        if not task.cancelled() and task.exception():
            raise task.exception()


async def until_leading(translation: Translation) -> None:
    """Returns when it leads and sees all of OVN; its term may not be there yet."""
    async with asyncio.timeout(20):
        while not (translation.leads and translation.is_connected):
            await asyncio.sleep(0.01)
