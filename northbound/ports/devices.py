"""Whose a device is that a port names: a tenant may write any device_id, but not the id of another project's router."""

from collections.abc import Collection
from pathlib import Path

from northbound.ports.errors import DeviceIDNotOwnedByTenant
from runtime.attributes import is_uuid
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def devices_of_others(conn: Connection, device_ids: Collection[str], reach: str | None) -> set[str]:
    """Those that are routers of other projects than `reach` (see `Caller.reach`)."""
    possible = [device_id for device_id in device_ids if is_uuid(device_id)]
    if reach is None or not possible:
        return set()
    routers = {row["id"] async for row in SQL.routers_of_others(conn, ids=possible, project_id=reach)}
    return {device_id for device_id in possible if device_id.lower() in routers}


async def check_device(conn: Connection, device_id: str, reach: str | None) -> None:
    """Passes when `device_id` is no router of another project; raises DeviceIDNotOwnedByTenant."""
    if await devices_of_others(conn, [device_id], reach):
        raise DeviceIDNotOwnedByTenant(device_id)
