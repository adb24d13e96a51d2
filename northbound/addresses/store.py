"""The next free address of a subnet, at a cost that does not depend on how many are taken.

    allocation_pools.given --refill, a batch at a time--> free_addresses --take--> fixed_ips --release--> free_addresses

Creators that run at once take different rows (SKIP LOCKED) and never wait for each other but at a refill. That no
address is held twice is the unique constraint of fixed_ips, whatever happens here.
"""

from collections.abc import Sequence
from pathlib import Path

from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")
BATCH = 64


async def take(conn: Connection, subnet_id: str) -> str | None:
    """The lowest free address of the subnet's pools, now the caller's; None when the pools are used up.

    An address that was claimed by name in the meantime may come out here: who inserts it meets the constraint and
    takes the next.
    """
    while True:
        if ip := await SQL.take_free(conn, subnet_id=subnet_id):
            return ip
        pool = await SQL.lock_pool(conn, subnet_id=subnet_id)
        if pool is None:
            ip = await SQL.take_last_free(conn, subnet_id=subnet_id)
            if ip is not None or not await SQL.has_pool_left(conn, subnet_id=subnet_id):
                return ip
        elif ip := await SQL.take_free(conn, subnet_id=subnet_id):
            return ip
        else:
            await SQL.refill(conn, subnet_id=subnet_id, first_ip=pool, amount=BATCH)


async def claim(conn: Connection, subnet_id: str, ip: str) -> None:
    """Keeps `take` from offering an address that is about to be inserted by name."""
    await SQL.claim_free(conn, subnet_id=subnet_id, ip=ip)


async def release(conn: Connection, addresses: Sequence[tuple[str, str]]) -> None:
    """Gives (subnet id, ip) pairs back, whose fixed_ips rows this transaction has deleted.

    An address outside every pool, or not reached by `given` yet, needs nothing: it is found when its turn comes.
    """
    if addresses:
        await SQL.release(conn, subnet_ids=[subnet_id for subnet_id, _ in addresses], ips=[ip for _, ip in addresses])
