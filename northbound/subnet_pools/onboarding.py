"""Bringing the subnets of a network, whose addresses somebody chose, into a pool."""

from identity.callers import Caller
from northbound.networks import store as networks
from northbound.subnet_pools.prefixes import merged
from northbound.subnet_pools.store import SQL, replace_prefixes
from northbound.subnet_pools.subnet_pool import IllegalSubnetPoolPrefixUpdate, SubnetPool
from northbound.subnets import store as subnets
from northbound.translation import marks
from runtime.database import Connection, naming


async def onboard(conn: Connection, pool: SubnetPool, network_id: str, caller: Caller) -> None:
    """All of the network's subnets of the pool's IP version become the pool's, and their addresses its prefixes.

    The caller holds the pool. Raises IllegalSubnetPoolPrefixUpdate, AddressScopePrefixConflict.
    """
    await networks.hold_network(conn, network_id)
    found = [s for s in await subnets.subnets_of_network(conn, network_id) if s.ip_version == pool.ip_version]
    if not found:
        raise IllegalSubnetPoolPrefixUpdate(f"network {network_id} has no IPv{pool.ip_version} subnet (network_id)")
    for subnet in found:
        if subnet.subnetpool_id:
            raise IllegalSubnetPoolPrefixUpdate(f"subnet {subnet.id} is in a subnet pool already (network_id)")
    await replace_prefixes(conn, pool, merged([*pool.prefixes, *(subnet.cidr for subnet in found)]), caller)
    ids = [subnet.id for subnet in found]
    with naming({"subnets_in_pool": lambda: IllegalSubnetPoolPrefixUpdate("subnets overlap ones of the pool")}):
        await SQL.onboard(conn, subnetpool_id=pool.id, ids=ids)
    await marks.mark(conn, "subnet", *ids)
    await marks.mark(conn, "port", *[row["port_id"] async for row in SQL.ports_in_pool(conn, id=pool.id)])
