"""Which trunk a port is in: the ports slice asks, to show it, to plan it and to keep it. Knows no other slice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from northbound.trunks.trunk import PortInUseAsSubPort, PortInUseAsTrunkParent
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


class Parent(Struct, frozen=True):
    """The parent of a subport, where that is bound, and the tag that the subport has on it."""

    parent_id: str
    host: str
    tag: int


async def read_details(conn: Connection, port_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """`trunk_details` of those ports that are parents, by port."""
    return {
        row["port_id"]: {"trunk_id": row["trunk_id"], "sub_ports": row["sub_ports"]}
        async for row in SQL.select_details(conn, ids=list(port_ids))
    }


async def read_parents(conn: Connection, port_ids: Sequence[str]) -> dict[str, Parent]:
    """The parents of those ports that are subports, by port."""
    return {
        row["port_id"]: msgspec.convert(dict(row), Parent) async for row in SQL.select_parents(conn, ids=list(port_ids))
    }


async def is_in_trunk(conn: Connection, port_id: str) -> bool:
    return bool(await SQL.trunk_of_subport(conn, port_id=port_id) or await SQL.trunk_of_parent(conn, port_id=port_id))


async def check_removable(conn: Connection, port_id: str) -> None:
    """Passes when the port is in no trunk; raises PortInUseAsSubPort, PortInUseAsTrunkParent. The caller locked it."""
    if trunk_id := await SQL.trunk_of_subport(conn, port_id=port_id):
        raise PortInUseAsSubPort(port_id, trunk_id)
    if trunk_id := await SQL.trunk_of_parent(conn, port_id=port_id):
        raise PortInUseAsTrunkParent(port_id, trunk_id)
