"""The ports that OVN's health checks come from: a localport in each subnet with monitored members, `ovn-lb-hm-<subnet>`.

All load balancers share it: ovn-controller sends the checks of a host's members itself, and needs an address that is
nobody else's. It is the cloud's own, like the gateway of a router: in nobody's quota. Source: ovn-mapping section 13.
"""

from collections.abc import Iterable
from pathlib import Path

from northbound.ports import store as ports
from northbound.ports.port import HEALTH_MONITOR_OWNER, AddressRequest, PortDraft
from northbound.quotas.store import NOBODY
from northbound.subnets import store as subnets
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")
NAME = "ovn-lb-hm-{}"


async def subnets_of(conn: Connection, load_balancer_id: str) -> set[str]:
    """The subnets in which the load balancer has monitored members."""
    return {row["subnet_id"] async for row in SQL.monitored_subnets(conn, load_balancer_id=load_balancer_id)}


async def follow(conn: Connection, before: Iterable[str], after: Iterable[str]) -> None:
    """Makes the port of each subnet that a load balancer has monitored members in now, and takes away that of each
    which has lost its last one. Raises IpAddressGenerationFailure when a subnet is full."""
    for subnet_id in sorted({*before, *after}):
        await SQL.lock_probe(conn, subnet_id=subnet_id)
        present = await SQL.find_probe(conn, subnet_id=subnet_id)
        wanted = await SQL.is_monitored(conn, subnet_id=subnet_id)
        if wanted and present is None:
            await _make(conn, subnet_id)
        elif present is not None and not wanted:
            await SQL.delete_probe(conn, subnet_id=subnet_id)
            await ports.delete_port(conn, present)


async def _make(conn: Connection, subnet_id: str) -> None:
    (subnet,) = await subnets.read_subnets(conn, [subnet_id])
    draft = PortDraft(
        network_id=subnet.network_id,
        name=NAME.format(subnet_id),
        device_id=NAME.format(subnet_id),
        device_owner=HEALTH_MONITOR_OWNER,
        fixed_ips=[AddressRequest(subnet_id)],
        port_security_enabled=False,
    )
    port = await ports.create_port(conn, draft, NOBODY, None)
    await SQL.insert_probe(conn, subnet_id=subnet_id, port_id=port.id)
