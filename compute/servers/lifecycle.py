"""What the steps of a task write about a server, and what follows from a report. Every function is idempotent.

A task of kind `create`, `start`, `stop`, `reboot`, `attach_interface` or `detach_interface` tells the agent the
generation that it was made with, waits until `observed_generation` has reached it and `observed_state` is not
`building`, and calls `settle`; when the agent gave up, or the deadline passed, it calls `fail`. A task of kind
`delete` waits for `absent` (a server without host has nothing to wait for) and calls `finish_deletion`. A failed
`create` first removes what may be on the host, then calls `abandon`.
"""

from compute.interfaces import store as interfaces
from compute.quotas import store as quotas
from compute.quotas.store import Holding
from compute.scheduler import claims
from compute.servers.server import Fault, Server, parse_server
from compute.servers.states import POWER_OBSERVED, VM_STATE_AT
from compute.servers.store import SQL, find
from runtime.database import Connection


async def settle(conn: Connection, server_id: str) -> Server | None:
    """Brings the visible states to what was observed, and the server to rest; network cards that left are let go.

    Also for a guest that powered itself off. None, and nothing done, for a server that is gone, leaving, or whose
    agent has not carried out the newest generation.
    """
    server = await find(conn, server_id)
    if server is None or server.observed_state not in POWER_OBSERVED:
        return None
    power = POWER_OBSERVED[server.observed_state]
    row = await SQL.settle(
        conn, id=server_id, seen=server.observed_state, vm_state=VM_STATE_AT[power], power_state=power
    )
    if row is None:
        return None
    await interfaces.release_leaving(conn, server_id)
    return parse_server(row)


async def fail(conn: Connection, server_id: str, fault: Fault) -> Server | None:
    """Puts the server into ERROR; what it holds it keeps, because something of it may still run."""
    row = await SQL.fail(conn, id=server_id, code=fault.code, message=fault.message, details=fault.details)
    return parse_server(row) if row else None


async def abandon(conn: Connection, server_id: str, fault: Fault) -> Server | None:
    """Puts a server of which nothing is on a host into ERROR and lets go of its ports, its host, cores and memory.

    It counts as an instance until it is deleted, so that failing servers cannot pile up without end.
    """
    await _let_go(conn, server_id)
    await SQL.unplace(conn, id=server_id)
    return await fail(conn, server_id, fault)


async def finish_deletion(conn: Connection, server_id: str) -> None:
    """Removes a server of which nothing is left on a host, with all that it holds."""
    await _let_go(conn, server_id)
    gone = await SQL.delete(conn, id=server_id)
    if gone is not None:
        await quotas.release(conn, gone["project_id"], Holding(1, 0, 0))


async def _let_go(conn: Connection, server_id: str) -> None:
    """Quota and host rows are locked before those of the network, as they are when a server is made."""
    await claims.release(conn, server_id)
    await interfaces.release_all(conn, server_id)
