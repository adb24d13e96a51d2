"""The catalogue in PostgreSQL: enabled services with their enabled endpoints, as far as they are for a project."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from identity.catalog.urls import fill
from runtime.database import Connection, queries

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


async def read_catalog(connection: Connection, project_id: str | None, *, all_if_none: bool) -> list[dict[str, Any]]:
    """The catalogue as tokens show it; addresses that need a project are left out when there is none.

    A project that was given endpoints sees these alone; `all_if_none` says what one sees that was given none.
    """
    rows = sql.select_catalog(connection, project_id=project_id, all_if_none=all_if_none)
    return render([row async for row in rows], project_id)


def render(rows: Sequence[Row], project_id: str | None) -> list[dict[str, Any]]:
    """Rows of one service stand together."""
    return [
        {"id": service_id, "type": kind, "name": name or "", "endpoints": _render_endpoints(group, project_id)}
        for (service_id, kind, name), group in groupby(
            rows, key=lambda row: (row["service_id"], row["type"], row["name"])
        )
    ]


def _render_endpoints(rows: Any, project_id: str | None) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "interface": row["interface"],
            "region_id": row["region_id"],
            "region": row["region_id"],
            "url": url,
        }
        for row in rows
        if row["id"] is not None and (url := fill(row["url"], project_id)) is not None
    ]
