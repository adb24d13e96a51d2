"""Hosts in PostgreSQL. A host is `up` while its last report is younger than SILENCE_S."""

from collections.abc import Sequence
from pathlib import Path

import asyncpg

from compute.messages import HostReport
from runtime.database import Connection, queries
from runtime.errors import NotFound
from runtime.web.listing import (
    LARGEST_PAGE,
    Attribute,
    Listing,
    Page,
    Where,
    compile_listing,
)

SQL = queries(Path(__file__).with_name("queries.sql"))
SILENCE_S = 60
LISTING = Listing(
    select="SELECT host.*, extract(epoch FROM now() - host.reported_at)::double precision AS report_age_s,"
    " (SELECT count(*) FROM compute.servers AS server WHERE server.host = host.name) AS servers"
    " FROM compute.hosts AS host",
    attributes={"id": Attribute("host.id", "uuid"), "host": Attribute("host.name")},
)


class HostNotFound(NotFound):
    pass


def is_up(host: asyncpg.Record) -> bool:
    return host["report_age_s"] < SILENCE_S


async def record_report(conn: Connection, report: HostReport) -> None:
    """Brings the host's row up to date with what its agent said; makes it when it is the first report."""
    await SQL.record_report(
        conn,
        name=report.host,
        vcpus=report.resources.vcpus,
        ram_mb=report.resources.ram_mb,
        disk_gb=report.resources.disk_gb,
        hypervisor_type=report.hypervisor.type,
        hypervisor_version=report.hypervisor.version,
        hypervisor_hostname=report.hypervisor.hostname,
        architecture=report.hypervisor.architecture,
    )


async def select(conn: Connection, page: Page, *, name_part: str | None = None) -> Sequence[asyncpg.Record]:
    """A page of hosts, each with `report_age_s` and the number of its `servers`."""
    where = Where()
    if name_part is not None:
        where.add("strpos(host.hypervisor_hostname, {}) > 0", name_part)
    sql, values = compile_listing(LISTING, page, where)
    return await conn.fetch(sql, *values)


async def fetch(conn: Connection, host_id: str) -> asyncpg.Record:
    hosts = await select(conn, Page(filters={"id": [host_id]}))
    if not hosts:
        raise HostNotFound(f"Hypervisor with ID '{host_id}' could not be found.")
    return hosts[0]


async def set_enabled(conn: Connection, host_id: str, enabled: bool, reason: str | None) -> asyncpg.Record:
    """Lets a host take new servers or not; what runs there goes on running."""
    host = await SQL.set_enabled(conn, id=host_id, enabled=enabled, reason=reason)
    if host is None:
        raise HostNotFound(f"Service {host_id} could not be found.")
    return host


async def servers_of(conn: Connection, names: Sequence[str]) -> dict[str, list[asyncpg.Record]]:
    """Host name -> its servers, at most LARGEST_PAGE over all of them."""
    found: dict[str, list[asyncpg.Record]] = {name: [] for name in names}
    async for server in SQL.servers_of(conn, names=list(names), page=LARGEST_PAGE):
        found[server["host"]].append(server)
    return found
