"""Taking a network away with what belongs to it: subnets, metadata port, idle floating IPs, never anybody's port."""

from northbound.floating_ips import store as floating_ips
from northbound.networks import store
from northbound.networks.network import Network, NetworkInUse
from northbound.ports import metadata
from northbound.subnets import store as subnets
from northbound.subnets.subnet import SubnetInUse
from runtime.database import Connection


async def remove_network(conn: Connection, network: Network) -> None:
    """Raises NetworkInUse when a port is on it. The caller holds the network's lock.

    Floating IPs that nothing is associated with go with an external network, as upstream does it.
    """
    await floating_ips.delete_unassociated(conn, network.id)
    await metadata.delete_metadata_port(conn, network.id)
    for subnet in await subnets.subnets_of_network(conn, network.id):
        try:
            await subnets.delete_subnet(conn, subnet)
        except SubnetInUse:
            raise NetworkInUse(network.id) from None
    await store.delete_network(conn, network)
