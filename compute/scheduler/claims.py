"""The ledger of placement: what each server takes of its host and of its project's quota.

Taking is a guarded update in the transaction that places the server, so that no race gives the same room twice. The
ledger's row is the only record: giving back twice gives back once. Quota rows are locked before host rows, always.
"""

from compute.quotas import store as quotas
from compute.quotas.store import Holding
from compute.scheduler.place import Placement, place
from compute.scheduler.snapshot import SQL, Size, Wish, read_hosts
from runtime.database import Connection

ROUNDS = 3


async def claim(conn: Connection, server_id: str, wish: Wish) -> tuple[str | None, Placement]:
    """The host that now holds room for the server, or None, with the last decision.

    A host that was filled since the snapshot makes way for the next; when none is left the hosts are looked at again,
    ROUNDS times at most.
    """
    placement = Placement([], {})
    for _ in range(ROUNDS):
        placement = place(await read_hosts(conn), wish)
        for host in placement.hosts:
            if await _take(conn, server_id, host, wish.size):
                return host, placement
        if not placement.hosts:
            break
    return None, placement


async def _take(conn: Connection, server_id: str, host: str, size: Size) -> bool:
    taken = {"vcpus": size.vcpus, "ram_mb": size.ram_mb, "disk_gb": size.disk_gb}
    if await SQL.take(conn, host=host, **taken) is None:
        return False
    await SQL.insert_allocation(conn, server_id=server_id, host=host, **taken)
    return True


async def release(conn: Connection, server_id: str) -> None:
    """Gives back the room on the host, and the cores and memory of the quota; nothing if it was given back before."""
    held = await SQL.delete_allocation(conn, server_id=server_id)
    if held is None:
        return
    await quotas.release(conn, held["project_id"], Holding(0, held["vcpus"], held["ram_mb"]))
    await SQL.give_back(conn, host=held["host"], vcpus=held["vcpus"], ram_mb=held["ram_mb"], disk_gb=held["disk_gb"])
