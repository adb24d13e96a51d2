"""What a request may do to a server that exists. Each call is one next generation and one task, in one transaction.

The caller holds the server's lock. Raises InvalidState where the action does not fit the server's state.
"""

from msgspec import Struct

from compute.servers import store
from compute.servers.schema import Reboot
from compute.servers.server import Server
from compute.servers.states import (
    DELETING,
    POWERING_OFF,
    POWERING_ON,
    REBOOTING,
    REBOOTING_HARD,
    InvalidState,
    check_state,
)
from compute.tasks import store as tasks
from runtime.database import Connection


class Requester(Struct, frozen=True):
    """Who is to be seen in the server's action list."""

    user_id: str
    request_id: str


async def start(conn: Connection, server: Server, requester: Requester) -> Server:
    check_state(server, "start", "stopped")
    changed = await store.begin(conn, server, POWERING_ON, power="running")
    return await _record(conn, "start", changed, requester)


async def stop(conn: Connection, server: Server, requester: Requester) -> Server:
    check_state(server, "stop", "active", "error")
    _check_placed(server, "stop")
    changed = await store.begin(conn, server, POWERING_OFF, power="stopped")
    return await _record(conn, "stop", changed, requester)


async def reboot(conn: Connection, server: Server, wanted: Reboot, requester: Requester) -> Server:
    """A hard reboot also starts a server that is stopped, and tries again one in ERROR that has a host."""
    if wanted.type.upper() == "SOFT":
        check_state(server, "reboot", "active")
        changed = await store.begin(conn, server, REBOOTING, power="running", boot="soft")
    else:
        check_state(server, "reboot", "active", "stopped", "paused", "error", busy=server.task_state == REBOOTING)
        _check_placed(server, "reboot")
        changed = await store.begin(conn, server, REBOOTING_HARD, power="running", boot="hard")
    return await _record(conn, "reboot", changed, requester)


async def delete(conn: Connection, server: Server, requester: Requester) -> Server:
    """Asks for deletion in whatever state the server is; asking again changes nothing."""
    if server.task_state == DELETING:
        return server
    return await _record(conn, "delete", await store.begin_deletion(conn, server.id), requester)


async def change_cards(
    conn: Connection, server: Server, kind: tasks.Kind, port_id: str, requester: Requester
) -> Server:
    """The next generation after a card came or went. `kind` is attach_interface or detach_interface."""
    changed = await store.begin(conn, server, server.task_state)
    return await _record(conn, kind, changed, requester, port_id)


def check_cards_changeable(server: Server, action: str) -> None:
    check_state(server, action, "active", "paused", "stopped")


def _check_placed(server: Server, action: str) -> None:
    if server.host is None:
        raise InvalidState(f"Cannot '{action}' instance {server.id}: it is on no host.")


async def _record(
    conn: Connection, kind: tasks.Kind, server: Server, requester: Requester, port_id: str | None = None
) -> Server:
    await tasks.begin(conn, kind, server, user_id=requester.user_id, request_id=requester.request_id, port_id=port_id)
    return server
