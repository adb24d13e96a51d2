"""Taking a network away with what belongs to it: its subnets and its metadata port, never anybody's port."""

from northbound.networks import store
from northbound.networks.network import Network, NetworkInUse
from northbound.ports import metadata
from northbound.subnets import store as subnets
from northbound.subnets.subnet import SubnetInUse
from runtime.database import Connection


async def remove_network(conn: Connection, network: Network) -> None:
    """Raises NetworkInUse when a port is on it. The caller holds the network's lock."""
    await metadata.delete_metadata_port(conn, network.id)
    for subnet in await subnets.subnets_of_network(conn, network.id):
        try:
            await subnets.delete_subnet(conn, subnet)
        except SubnetInUse:
            raise NetworkInUse(network.id) from None
    await store.delete_network(conn, network)
