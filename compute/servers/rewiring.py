"""Servers whose ports are not wired as their agents were told: the network API changes addresses, DNS servers, MTUs
and security groups of any port, also of a server's.

The network does not know compute, so that nobody is told: this looks. Each card remembers the fingerprint of its
port's wiring that its server's generation was made with; where it is another now, the next generation is made. Its
message is read after the commit, so that it is at least as new as the fingerprint.
"""

from compute.interfaces import store as interfaces
from compute.servers import store
from runtime.database import Database

MOST_AT_ONCE = 100


async def raise_rewired(database: Database) -> list[str]:
    """The servers that got their next generation, MOST_AT_ONCE at most; empty when all is as told."""
    async with database.transaction() as conn:
        rewired = await interfaces.note_wiring(conn, await store.lock_rewired(conn, MOST_AT_ONCE))
        await store.raise_generations(conn, rewired)
    return rewired
