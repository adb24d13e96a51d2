"""Floating IPs in PostgreSQL: the address is held by a reservation port, the association by a reference to an address.

An association ends by itself with the port or the address it refers to (see migration 0006).
"""

import uuid
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import msgspec

from northbound.floating_ips.floating_ip import (
    ExternalGatewayForFloatingIPNotFound,
    FloatingIp,
    FloatingIPNotFound,
    FloatingIPPortAlreadyAssociated,
    InvalidFloatingIp,
)
from northbound.networks.network import Network
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
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
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "floating_ip"
RESOURCE = "floatingip"

LISTING = Listing(
    select=(
        "SELECT f.*, f.fixed_port_id AS port_id, g.router_id, v.mac_address,"
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
        "router_id": Attribute("g.router_id", "uuid", sortable=False),
        "fixed_ip_address": Attribute("host(f.fixed_ip_address)"),
        "status": Attribute("CASE WHEN f.fixed_port_id IS NULL THEN 'DOWN' ELSE 'ACTIVE' END"),
        "revision_number": Attribute("f.revision_number", "int"),
        "created_at": Attribute("f.created_at", "time"),
        "updated_at": Attribute("f.updated_at", "time"),
    },
)
TAGS_SQL = "f.tags"


async def allocate(
    conn: Connection, project_id: str, network: Network, wish: AddressRequest | None, description: str
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
        floating_network_id=network.id,
        floating_ip_address=await _keep_one_address(conn, reservation),
        reservation_port_id=reservation.id,
    )
    await quotas.take(conn, project_id, RESOURCE)
    return await fetch_floating_ip(conn, floating_ip_id, None)


async def _keep_one_address(conn: Connection, reservation: Port) -> str:
    """The reservation's IPv4 address; the IPv6 one that it may have got as well is given back."""
    held = [fixed for fixed in reservation.fixed_ips if _is_ipv4(fixed)]
    if not held:
        raise InvalidFloatingIp(
            f"Network {reservation.network_id} does not contain any IPv4 subnet (floating_network_id)"
        )
    await ports.drop_addresses(conn, reservation.id, [fixed for fixed in reservation.fixed_ips if fixed != held[0]])
    return held[0].ip_address


def _is_ipv4(fixed: FixedIp) -> bool:
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


async def associate(conn: Connection, floating_ip: FloatingIp, port: Port, fixed_ip: str | None) -> None:
    """Makes the floating IP stand for an address of the port, whatever it stood for before.

    `fixed_ip` None: the port's only IPv4 address. The caller holds the floating IP's lock.
    Raises InvalidFloatingIp, ExternalGatewayForFloatingIPNotFound, FloatingIPPortAlreadyAssociated.
    """
    inside = choose_fixed_ip(port, fixed_ip)
    way = await SQL.find_way_out(conn, subnet_id=inside.subnet_id, floating_network_id=floating_ip.floating_network_id)
    if way is None:
        raise ExternalGatewayForFloatingIPNotFound(inside.subnet_id, floating_ip.floating_network_id, port.id)
    already = FloatingIPPortAlreadyAssociated(
        floating_ip.floating_ip_address,
        floating_ip.id,
        port.id,
        inside.ip_address,
        floating_ip.floating_network_id,
    )
    unreachable = ExternalGatewayForFloatingIPNotFound(inside.subnet_id, floating_ip.floating_network_id, port.id)
    with naming(
        {
            "floating_ips_one_each": lambda: already,
            "floating_ips_fixed": lambda: PortNotFound(port.id),
            "floating_ips_interface": lambda: unreachable,
            "floating_ips_gateway": lambda: unreachable,
        }
    ):
        await SQL.associate(
            conn,
            id=floating_ip.id,
            fixed_port_id=port.id,
            fixed_subnet_id=inside.subnet_id,
            fixed_ip_address=inside.ip_address,
            interface_port_id=way["interface_port_id"],
            gateway_port_id=way["gateway_port_id"],
        )
    await marks.mark(conn, KIND, floating_ip.id)


def choose_fixed_ip(port: Port, wanted: str | None) -> FixedIp:
    """The IPv4 address of the port that a floating IP shall stand for; raises InvalidFloatingIp."""
    ipv4 = [fixed for fixed in port.fixed_ips if _is_ipv4(fixed)]
    if wanted is not None:
        chosen = [fixed for fixed in ipv4 if fixed.ip_address == wanted]
        if not chosen:
            raise InvalidFloatingIp(f"Port {port.id} does not have fixed ip {wanted} (fixed_ip_address)")
        return chosen[0]
    if not ipv4:
        raise InvalidFloatingIp(f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses (port_id)")
    if len(ipv4) > 1:
        raise InvalidFloatingIp(
            f"Port {port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning "
            "a floating IP (fixed_ip_address)"
        )
    return ipv4[0]


async def disassociate(conn: Connection, floating_ip: FloatingIp) -> None:
    """Ends the association, if there is one. The caller holds the lock."""
    await SQL.disassociate(conn, id=floating_ip.id)


async def update_description(conn: Connection, floating_ip: FloatingIp, description: str) -> None:
    await SQL.update_description(conn, id=floating_ip.id, description=description)
    await marks.mark(conn, KIND, floating_ip.id)


async def delete_floating_ip(conn: Connection, floating_ip: FloatingIp) -> None:
    """Gives the address back. The caller holds the lock."""
    await SQL.delete_floating_ip(conn, id=floating_ip.id)
    await ports.delete_port(conn, floating_ip.reservation_port_id)
    await quotas.give_back(conn, floating_ip.project_id, RESOURCE)
    await marks.mark(conn, KIND, floating_ip.id)
