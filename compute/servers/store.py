"""Servers in PostgreSQL: making the row, reading it, and giving it its next generation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import asyncpg

from compute.servers.server import Server, parse_server
from runtime.database import Connection, queries
from runtime.errors import NotFound

SQL = queries(Path(__file__).with_name("queries.sql"))


class ServerNotFound(NotFound):
    def __init__(self, server_id: str) -> None:
        super().__init__(f"Instance {server_id[:64]} could not be found.")


async def insert(conn: Connection, columns: dict[str, Any]) -> Server:
    """The new row, not placed yet; `columns` by name, all that have no default."""
    return parse_server(await SQL.insert(conn, server=columns))


async def place(conn: Connection, server_id: str, host: str) -> Server:
    return parse_server(await SQL.place(conn, id=server_id, host=host))


async def fetch_visible(conn: Connection, server_id: str, reach: str | None) -> Server:
    """The server if `reach` (see `Caller.reach`) may see it; else raises ServerNotFound."""
    row = await SQL.find(conn, id=server_id, reach=reach)
    if row is None:
        raise ServerNotFound(server_id)
    return parse_server(row)


async def find(conn: Connection, server_id: str) -> Server | None:
    row = await SQL.find(conn, id=server_id, reach=None)
    return parse_server(row) if row else None


async def lock(conn: Connection, server_id: str, reach: str | None) -> Server:
    """As fetch_visible, and nobody else changes the server until the transaction ends."""
    row = await SQL.lock(conn, id=server_id, reach=reach)
    if row is None:
        raise ServerNotFound(server_id)
    return parse_server(row)


async def describe(conn: Connection, server: Server) -> Server:
    """Writes what of `server` its tenant may change at any time: the next generation."""
    return parse_server(
        await SQL.describe(
            conn,
            id=server.id,
            name=server.name,
            description=server.description,
            hostname=server.hostname,
            metadata=server.metadata,
            tags=server.tags,
            access_ip_v4=server.access_ip_v4,
            access_ip_v6=server.access_ip_v6,
        )
    )


async def begin(
    conn: Connection,
    server: Server,
    task_state: str | None,
    *,
    power: Literal["running", "stopped"] | None = None,
    boot: Literal["soft", "hard"] | None = None,
) -> Server:
    """The next generation, with another power if `power` says so, and with one boot more if `boot` says how."""
    return parse_server(
        await SQL.begin(
            conn,
            id=server.id,
            task_state=task_state,
            desired_power=power or server.desired_power,
            boots=1 if boot else 0,
            boot_kind=boot,
        )
    )


async def lock_rewired(conn: Connection, most: int) -> list[str]:
    """Servers at rest that were told of a port what is not so any more; nobody else changes them until the end."""
    return [row["id"] async for row in SQL.lock_rewired(conn, most=most)]


async def raise_generations(conn: Connection, server_ids: Sequence[str]) -> None:
    """The next generation for something that the servers' own rows do not hold."""
    await SQL.raise_generations(conn, ids=list(server_ids))


async def begin_deletion(conn: Connection, server_id: str) -> Server:
    """The next generation, which is that nothing of the server is left; idempotent but for the generation."""
    return parse_server(await SQL.begin_deletion(conn, id=server_id))


async def zone_exists(conn: Connection, zone: str) -> bool:
    """Whether a host, up or not, is in the availability zone."""
    return await SQL.zone_exists(conn, zone=zone)


async def host_exists(conn: Connection, host: str) -> bool:
    return await SQL.host_exists(conn, host=host)


async def select_hosts(conn: Connection, names: Sequence[str]) -> dict[str, asyncpg.Record]:
    """Host name -> its row with `report_age_s`."""
    return {row["name"]: row async for row in SQL.select_hosts(conn, names=list(names))}
