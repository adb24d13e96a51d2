"""Reads marked networks and plans them: what the translation calls for owner kind `network`."""

from collections.abc import Sequence

from northbound.networks import store
from northbound.networks.plan import plan_network
from runtime.database import Connection
from southbound.ovsdb.rows import Row


async def read_and_plan(conn: Connection, network_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Id -> rows, for those of the ids that exist."""
    return {network.id: plan_network(network) for network in await store.read_networks(conn, network_ids)}
