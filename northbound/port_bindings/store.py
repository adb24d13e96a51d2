"""Bindings in PostgreSQL: the active one is in the port's row, the others are rows of their own.

The caller holds the port's lock while it changes them. A trigger ends the bindings that a port's new place supersedes.
"""

from pathlib import Path

import msgspec

from northbound.port_bindings.binding import (
    Binding,
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingError,
    PortBindingNotFound,
    active_binding,
)
from northbound.ports import store as ports
from northbound.ports.port import Port
from northbound.ports.vnic import is_external
from northbound.translation import marks
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def list_bindings(conn: Connection, port: Port) -> list[Binding]:
    """The active one first."""
    others = [msgspec.convert(dict(row), Binding) async for row in SQL.select_bindings(conn, port_id=port.id)]
    return active_binding(port) + others


async def fetch_binding(conn: Connection, port: Port, host: str) -> Binding:
    """Raises PortBindingNotFound."""
    found = next((binding for binding in await list_bindings(conn, port) if binding.host == host), None)
    if found is None:
        raise PortBindingNotFound(port.id, host)
    return found


async def insert_binding(conn: Connection, port: Port, draft: Binding) -> None:
    """Prepares the port on a further host; raises PortBindingAlreadyExists, PortBindingError for an unknown host."""
    if draft.host in [binding.host for binding in await list_bindings(conn, port)]:
        raise PortBindingAlreadyExists(port.id, draft.host)
    outside = is_external(draft.vnic_type, draft.profile)
    if not outside and not await SQL.is_chassis(conn, host=draft.host):
        raise PortBindingError(port.id, draft.host)
    await _insert(conn, port, draft)
    await marks.mark(conn, "port", port.id)


async def _insert(conn: Connection, port: Port, binding: Binding) -> None:
    await SQL.insert_binding(
        conn,
        port_id=port.id,
        host=binding.host,
        vnic_type=binding.vnic_type,
        profile=binding.profile,
        is_ready=binding.is_ready,
    )


async def update_binding(conn: Connection, port: Port, after: Binding) -> None:
    write = SQL.set_place if after.is_active else SQL.update_binding
    await write(conn, port_id=port.id, host=after.host, vnic_type=after.vnic_type, profile=after.profile)
    await marks.mark(conn, "port", port.id)


async def delete_binding(conn: Connection, port: Port, binding: Binding) -> None:
    """Ends a binding; without the active one the port is unbound."""
    if binding.is_active:
        await SQL.set_place(conn, port_id=port.id, host="", vnic_type=port.vnic_type, profile={})
    else:
        await SQL.delete_binding(conn, port_id=port.id, host=binding.host)
    await marks.mark(conn, "port", port.id)


async def activate(conn: Connection, port: Port, binding: Binding) -> None:
    """Makes the binding's host the one that the port is on, and keeps the host that it leaves as a binding.

    Raises PortBindingAlreadyActive, and what `ports.follow_host` says of a host that its network does not reach.
    """
    if binding.is_active:
        raise PortBindingAlreadyActive(port.id, binding.host)
    await SQL.set_place(conn, port_id=port.id, host=binding.host, vnic_type=binding.vnic_type, profile=binding.profile)
    await ports.follow_host(conn, port.id)
    for left in active_binding(port):
        await _insert(conn, port, msgspec.structs.replace(left, is_ready=False, is_active=False))
    await marks.mark(conn, "port", port.id)
