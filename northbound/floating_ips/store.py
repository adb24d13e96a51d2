"""Floating IPs in PostgreSQL: the address is held by a reservation port, the association by a reference to an address.

What it stands for is in `association`, and in port_forwardings.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import msgspec

from northbound.floating_ips.floating_ip import (
    FipInUseByPortForwarding,
    FloatingIp,
    FloatingIPNotFound,
    InvalidFloatingIp,
)
from northbound.networks.network import Network
from northbound.ports import addressing
from northbound.ports import store as ports
from northbound.ports.port import (
    FLOATING_IP_OWNER,
    AddressRequest,
    FixedIp,
    Port,
    PortDraft,
)
from northbound.quotas import store as quotas
from northbound.quotas.store import NOBODY
from northbound.translation import marks
from runtime.database import Connection, naming, naming_by_detail, queries, uuid_in
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "floating_ip"
RESOURCE = "floatingip"

FORWARDINGS = (
    "SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'protocol', w.protocol, 'external_from', w.external_from,"
    " 'external_to', w.external_to, 'internal_from', w.internal_from, 'internal_to', w.internal_to,"
    " 'internal_port_id', w.internal_port_id, 'internal_ip_address', host(w.internal_ip_address))"
    " ORDER BY w.protocol, w.external_from), '[]')"
    " FROM northbound.port_forwardings w WHERE w.floating_ip_id = f.id"
)
ROUTER = (
    "coalesce(g.router_id, (SELECT t.router_id FROM northbound.port_forwardings w"
    " JOIN northbound.router_ports t ON t.port_id = w.gateway_port_id WHERE w.floating_ip_id = f.id LIMIT 1))"
)
IS_FREE = (
    "f.fixed_port_id IS NULL AND NOT EXISTS (SELECT FROM northbound.port_forwardings w WHERE w.floating_ip_id = f.id)"
)
LISTING = Listing(
    select=(
        f"SELECT f.*, f.fixed_port_id AS port_id, {ROUTER} AS router_id, v.mac_address,"
        f" ({FORWARDINGS}) AS port_forwardings,"
        " (SELECT n.qos_policy_id FROM northbound.networks n WHERE n.id = f.floating_network_id)"
        " AS qos_network_policy_id,"
        " CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('name', p.name, 'network_id', p.network_id,"
        " 'mac_address', p.mac_address, 'admin_state_up', p.admin_state_up, 'status', p.status,"
        " 'device_id', p.device_id, 'device_owner', p.device_owner) END AS port_details"
        " FROM northbound.floating_ips f JOIN northbound.ports v ON v.id = f.reservation_port_id"
        " LEFT JOIN northbound.ports p ON p.id = f.fixed_port_id"
        " LEFT JOIN northbound.router_ports g ON g.port_id = f.gateway_port_id"
    ),
    attributes={
        "id": Attribute("f.id", "uuid"),
        "project_id": Attribute("f.project_id"),
        "tenant_id": Attribute("f.project_id"),
        "description": Attribute("f.description"),
        "floating_network_id": Attribute("f.floating_network_id", "uuid"),
        "floating_ip_address": Attribute("host(f.floating_ip_address)"),
        "port_id": Attribute("f.fixed_port_id", "uuid", sortable=False),
        "router_id": Attribute(ROUTER, "uuid", sortable=False),
        "fixed_ip_address": Attribute("host(f.fixed_ip_address)"),
        "status": Attribute(f"CASE WHEN {IS_FREE} THEN 'DOWN' ELSE 'ACTIVE' END"),
        "dns_name": Attribute("f.dns_name"),
        "dns_domain": Attribute("f.dns_domain"),
        "qos_policy_id": Attribute("f.qos_policy_id", "uuid", sortable=False),
        "revision_number": Attribute("f.revision_number", "int"),
        "created_at": Attribute("f.created_at", "time"),
        "updated_at": Attribute("f.updated_at", "time"),
    },
)
TAGS_SQL = "f.tags"


async def allocate(
    conn: Connection,
    project_id: str,
    network: Network,
    wish: AddressRequest | None,
    description: str,
    dns_name: str = "",
    dns_domain: str = "",
) -> FloatingIp:
    """Holds an address of the external network for the project: the one that `wish` names, or any IPv4 one.

    Raises InvalidFloatingIp, OverQuota, IpAddressInUse, IpAddressGenerationFailure, InvalidIpForNetwork,
    InvalidIpForSubnet.
    """
    if not network.external:
        raise InvalidFloatingIp(f"Network {network.id} is not a valid external network (floating_network_id)")
    floating_ip_id = str(uuid.uuid4())
    draft = PortDraft(
        network_id=network.id,
        device_id=floating_ip_id,
        device_owner=FLOATING_IP_OWNER,
        fixed_ips=[wish] if wish else None,
        port_security_enabled=False,
    )
    reservation = await ports.create_port(conn, draft, NOBODY, None)
    await SQL.insert_floating_ip(
        conn,
        id=floating_ip_id,
        project_id=project_id,
        description=description,
        dns_name=dns_name,
        dns_domain=dns_domain,
        floating_network_id=network.id,
        floating_ip_address=await _keep_one_address(conn, reservation),
        reservation_port_id=reservation.id,
    )
    await quotas.take(conn, project_id, RESOURCE)
    return await fetch_floating_ip(conn, floating_ip_id, None)


async def _keep_one_address(conn: Connection, reservation: Port) -> str:
    """The reservation's IPv4 address; the IPv6 one that it may have got as well is given back."""
    held = [fixed for fixed in reservation.fixed_ips if is_ipv4(fixed)]
    if not held:
        raise InvalidFloatingIp(
            f"Network {reservation.network_id} does not contain any IPv4 subnet (floating_network_id)"
        )
    await addressing.drop_addresses(
        conn, reservation.id, [fixed for fixed in reservation.fixed_ips if fixed != held[0]]
    )
    return held[0].ip_address


def is_ipv4(fixed: FixedIp) -> bool:
    return ip_address(fixed.ip_address).version == 4


async def fetch_floating_ip(conn: Connection, floating_ip_id: str, reach: str | None) -> FloatingIp:
    """The floating IP if `reach` (see `Caller.reach`) may see it; else raises FloatingIPNotFound."""
    where = Where()
    where.add("f.id = {}", floating_ip_id)
    found = await list_floating_ips(conn, Page(), where, reach)
    if not found:
        raise FloatingIPNotFound(floating_ip_id)
    return found[0]


async def list_floating_ips(conn: Connection, page: Page, where: Where, reach: str | None) -> list[FloatingIp]:
    if reach is not None:
        where.add("f.project_id = {}", reach)
    sql, values = compile_listing(LISTING, page, where)
    return [_floating_ip(row) for row in await conn.fetch(sql, *values)]


async def read_floating_ips(conn: Connection, floating_ip_ids: Sequence[str]) -> list[FloatingIp]:
    """Those of the ids that exist, in no order: what the translation plans from."""
    rows = await conn.fetch(f"{LISTING.select} WHERE f.id = ANY($1::uuid[])", list(floating_ip_ids))
    return [_floating_ip(row) for row in rows]


def _floating_ip(row: object) -> FloatingIp:
    return msgspec.convert(dict(row), FloatingIp)


async def lock_floating_ip(conn: Connection, floating_ip_id: str) -> None:
    """Keeps others from changing the floating IP until the transaction ends; raises FloatingIPNotFound."""
    if await SQL.lock_floating_ip(conn, id=floating_ip_id) is None:
        raise FloatingIPNotFound(floating_ip_id)


async def follow(conn: Connection, floating_ip: FloatingIp, policy_id: str | None) -> None:
    """Has the floating IP follow a QoS policy, which the caller checked. The caller holds the lock."""
    await SQL.set_qos_policy(conn, id=floating_ip.id, qos_policy_id=policy_id)
    await marks.mark(conn, KIND, floating_ip.id)


async def update_description(conn: Connection, floating_ip: FloatingIp, description: str) -> None:
    await SQL.update_description(conn, id=floating_ip.id, description=description)
    await marks.mark(conn, KIND, floating_ip.id)


async def delete_floating_ip(conn: Connection, floating_ip: FloatingIp) -> None:
    """Gives the address back. The caller holds the lock. Raises FipInUseByPortForwarding."""
    with naming({"port_forwardings_floating_ip": lambda: FipInUseByPortForwarding(floating_ip.id)}):
        await SQL.delete_floating_ip(conn, id=floating_ip.id)
    if floating_ip.port_id is not None:
        await marks.mark(conn, "port", floating_ip.port_id)
    await ports.delete_port(conn, floating_ip.reservation_port_id)
    await quotas.give_back(conn, floating_ip.project_id, RESOURCE)
    await marks.mark(conn, KIND, floating_ip.id)


async def delete_unassociated(conn: Connection, network_id: str) -> None:
    """Gives back the addresses of an external network that nothing is associated with, however many they are.

    Raises FipInUseByPortForwarding.
    """
    with naming_by_detail({"port_forwardings_floating_ip": lambda detail: FipInUseByPortForwarding(uuid_in(detail))}):
        gone = [row async for row in SQL.delete_unassociated(conn, network_id=network_id)]
    if not gone:
        return
    await ports.delete_ports(conn, [row["reservation_port_id"] for row in gone])
    for project_id, amount in sorted(Counter(row["project_id"] for row in gone).items()):
        await quotas.give_back(conn, project_id, RESOURCE, amount)
    await marks.mark(conn, KIND, *(row["id"] for row in gone))
