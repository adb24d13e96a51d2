"""Load balancers for tests, made through the stores as the routes make them."""

import uuid

from northbound.balancing.listeners.making import make_listener
from northbound.balancing.listeners.schema import ListenerTree
from northbound.balancing.load_balancers import store
from northbound.balancing.load_balancers.balancer import LoadBalancer, Vip
from northbound.balancing.members.schema import MemberBody
from northbound.balancing.pools.schema import PoolTree
from northbound.ports.port import AddressRequest
from northbound.subnets.subnet import Subnet
from runtime.attributes import IpAddress
from runtime.database import Connection
from tests.real.northbound.networking import PROJECT, insert_port


async def insert_load_balancer(conn: Connection, subnet: Subnet, *members: str) -> LoadBalancer:
    """With a listener at 80, whose pool has the members at 8080."""
    port = await insert_port(conn, subnet.network_id, fixed_ips=[AddressRequest(subnet.id)], security_groups=[])
    vip = Vip(
        ip=port.fixed_ips[0].ip_address, port_id=port.id, subnet_id=subnet.id, network_id=subnet.network_id, made=True
    )
    balancer = LoadBalancer(id=str(uuid.uuid4()), project_id=PROJECT, name="lb", admin_state_up=True, vips=[vip])
    await store.insert_load_balancer(conn, balancer)
    bodies = [MemberBody(address=IpAddress(one), protocol_port=8080) for one in members]
    pool = PoolTree(protocol="TCP", lb_algorithm="SOURCE_IP_PORT", members=bodies)
    async with store.changed(conn, balancer.id):
        await make_listener(conn, balancer, ListenerTree(protocol="TCP", protocol_port=80, default_pool=pool), None, {})
    return balancer
