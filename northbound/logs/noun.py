"""Logs, declared. Every write of one plans the groups again that it is about."""

from pathlib import Path

from identity.callers import Caller
from northbound.logs.log import Log, LogResourceNotFound, ResourceNotFound, TargetNotLoggable
from northbound.logs.policy import RULES
from northbound.logs.schema import CreateLog, UpdateLog, draft_log, render_log
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table, standard_attributes
from northbound.ports import store as ports
from northbound.translation import marks
from runtime.database import Connection, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "log"

LOGS = Table(
    name="northbound.logs",
    shape=Log,
    listing=Listing(
        select="SELECT t.* FROM northbound.logs t",
        attributes=standard_attributes(
            description=Attribute("t.description"),
            enabled=Attribute("t.enabled", "bool"),
            event=Attribute("t.event"),
            resource_type=Attribute("t.resource_type"),
            resource_id=Attribute("t.resource_id", "uuid", sortable=False),
        ),
    ),
    columns=("id", "project_id", "name", "description", "enabled", "event", "resource_type", "resource_id"),
    changing=("name", "description", "enabled"),
    missing=LogResourceNotFound,
    kind=KIND,
)


async def insert(conn: Connection, draft: Log, caller: Caller) -> None:
    """Raises ResourceNotFound for a group that is not the caller's own, seen or not; PortNotFound, TargetNotLoggable."""
    if draft.resource_id is not None:
        owner = await SQL.keep_group(conn, id=draft.resource_id)
        if owner is None or caller.reach not in (None, owner):
            raise ResourceNotFound(draft.resource_id)
    if draft.target_id is not None:
        await ports.fetch_port(conn, draft.target_id, caller.reach)
        raise TargetNotLoggable
    await LOGS.insert(conn, draft)
    await _mark_groups(conn, draft)


async def update(conn: Connection, before: Log, after: Log, _caller: Caller) -> None:
    await LOGS.update(conn, before, after)
    if before.enabled != after.enabled:
        await _mark_groups(conn, after)


async def delete(conn: Connection, log: Log, _caller: Caller) -> None:
    await LOGS.delete(conn, log)
    await _mark_groups(conn, log)


async def _mark_groups(conn: Connection, log: Log) -> None:
    found = SQL.select_groups(conn, resource_id=log.resource_id, project_id=log.project_id)
    if groups := [row["id"] async for row in found]:
        await marks.mark(conn, "security_group", *groups)


LOG = Noun(
    name=KIND,
    plural="logs",
    path="log/logs",
    table=LOGS,
    rules=RULES,
    create_body=CreateLog,
    update_body=UpdateLog,
    draft=draft_log,
    render=render_log,
    insert=insert,
    update=update,
    delete=delete,
)
