"""Cards whose port is gone, because the network API deletes any port: taken out of their servers as if detached.

The network does not know compute, so that nobody is told: this looks.
"""

import uuid

from compute.interfaces import store as interfaces
from compute.interfaces.store import CardNotFound
from compute.servers import changes, store
from compute.servers.changes import Requester
from compute.servers.states import InvalidState
from runtime.database import Database

MOST_AT_ONCE = 100


async def detach_lost_cards(database: Database) -> int:
    """How many detachments were begun; a server that began something else meanwhile is left for the next time."""
    async with database.connection() as conn:
        lost = await interfaces.select_lost(conn, MOST_AT_ONCE)
    begun = 0
    for card in lost:
        try:
            async with database.transaction() as conn:
                server = await store.lock(conn, card.server_id, None)
                changes.check_cards_changeable(server, "detach_interface")
                await interfaces.leave(conn, server.id, card.port_id)
                requester = Requester(server.user_id, f"req-{uuid.uuid4()}")
                await changes.change_cards(conn, server, "detach_interface", card.port_id, requester)
            begun += 1
        except (store.ServerNotFound, InvalidState, CardNotFound):
            continue
    return begun
