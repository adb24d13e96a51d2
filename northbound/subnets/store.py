"""Subnets and their allocation pools in PostgreSQL.

Depends on networks. The metadata port's address in a subnet is `ports.metadata`'s matter.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from northbound.networks import store as networks
from northbound.networks.network import InvalidInput
from northbound.networks.sharing import IS_EXTERNAL, IS_SHARED, VISIBLE
from northbound.quotas import store as quotas
from northbound.subnets.subnet import (
    GatewayIpInUse,
    Subnet,
    SubnetInUse,
    SubnetNotFound,
)
from northbound.translation import marks
from runtime.database import Connection, Select, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

LISTING = Listing(
    select=(
        f"SELECT u.*, n.project_id AS network_project_id, {IS_EXTERNAL} AS external, l.address_scope_id,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_array(host(a.first_ip), host(a.last_ip)) ORDER BY a.first_ip), '[]')"
        " FROM northbound.allocation_pools a WHERE a.subnet_id = u.id) AS allocation_pools"
        " FROM northbound.subnets u JOIN northbound.networks n ON n.id = u.network_id"
        " LEFT JOIN northbound.subnet_pools l ON l.id = u.subnetpool_id"
    ),
    attributes={
        "id": Attribute("u.id", "uuid"),
        "name": Attribute("u.name"),
        "description": Attribute("u.description"),
        "network_id": Attribute("u.network_id", "uuid"),
        "project_id": Attribute("u.project_id"),
        "tenant_id": Attribute("u.project_id"),
        "ip_version": Attribute("u.ip_version", "int"),
        "cidr": Attribute("u.cidr::text"),
        "gateway_ip": Attribute("host(u.gateway_ip)"),
        "enable_dhcp": Attribute("u.enable_dhcp", "bool"),
        "shared": Attribute(IS_SHARED, "bool", sortable=False),
        "router:external": Attribute(IS_EXTERNAL, "bool", sortable=False),
        "subnetpool_id": Attribute("u.subnetpool_id", "uuid", sortable=False),
        "segment_id": Attribute("u.segment_id", "uuid", sortable=False),
        "dns_publish_fixed_ip": Attribute("u.dns_publish_fixed_ip", "bool"),
        "ipv6_ra_mode": Attribute("u.ipv6_ra_mode"),
        "ipv6_address_mode": Attribute("u.ipv6_address_mode"),
        "revision_number": Attribute("u.revision_number", "int"),
        "created_at": Attribute("u.created_at", "time"),
        "updated_at": Attribute("u.updated_at", "time"),
    },
)
TAGS_SQL = "u.tags"


async def insert_subnet(conn: Connection, draft: Subnet) -> None:
    """Adds the subnet with its pools; raises OverQuota, or InvalidInput when it overlaps one of the same network."""
    with naming({"subnets_overlap": lambda: _overlaps(draft)}):
        await SQL.insert_subnet(
            conn,
            id=draft.id,
            network_id=draft.network_id,
            project_id=draft.project_id,
            name=draft.name,
            description=draft.description,
            ip_version=draft.ip_version,
            cidr=draft.cidr,
            gateway_ip=draft.gateway_ip,
            enable_dhcp=draft.enable_dhcp,
            dns_nameservers=draft.dns_nameservers,
            host_routes=draft.host_routes,
            ipv6_ra_mode=draft.ipv6_ra_mode,
            ipv6_address_mode=draft.ipv6_address_mode,
            service_types=draft.service_types,
            subnetpool_id=draft.subnetpool_id,
            segment_id=draft.segment_id,
            dns_publish_fixed_ip=draft.dns_publish_fixed_ip,
            tags=draft.tags,
        )
    await _insert_pools(conn, draft)
    await marks.mark(conn, "subnet", draft.id)
    await networks.touch_network(conn, draft.network_id)
    await quotas.take(conn, draft.project_id, "subnet")


def _overlaps(draft: Subnet) -> InvalidInput:
    return InvalidInput(
        f"Requested subnet with cidr: {draft.cidr} for network: {draft.network_id} overlaps with another subnet."
    )


async def _insert_pools(conn: Connection, subnet: Subnet) -> None:
    await SQL.insert_pools(
        conn,
        subnet_id=subnet.id,
        firsts=[pool.first for pool in subnet.allocation_pools],
        lasts=[pool.last for pool in subnet.allocation_pools],
        sizes=[pool.size for pool in subnet.allocation_pools],
    )


async def fetch_subnet(conn: Connection, subnet_id: str, reach: str | None) -> Subnet:
    """The subnet if `reach` (see `Caller.reach`) may see it; else raises SubnetNotFound."""
    where = Where()
    where.add("u.id = {}", subnet_id)
    found = await list_subnets(conn, Page(), where, reach)
    if not found:
        raise SubnetNotFound(subnet_id)
    return found[0]


async def lock_subnet(conn: Connection, subnet_id: str) -> None:
    """Keeps others from changing the subnet, or taking an address of it, until the transaction ends."""
    if await SQL.lock_subnet(conn, id=subnet_id) is None:
        raise SubnetNotFound(subnet_id)


async def list_subnets(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Subnet]:
    if reach is not None:
        where.add(f"u.project_id = {{0}} OR {VISIBLE}", reach)
    sql, values = compile_listing(LISTING, page, where)
    return [subnet_of(row) for row in await conn.fetch(sql, *values)]


async def read_subnets(conn: Connection, subnet_ids: Sequence[str]) -> list[Subnet]:
    """Those of the ids that exist, in no order."""
    sql, values = select_subnets(subnet_ids)
    return [subnet_of(row) for row in await conn.fetch(sql, *values)]


def select_subnets(subnet_ids: Sequence[str]) -> Select:
    """The statement of `read_subnets`, whose rows `subnet_of` takes."""
    return f"{LISTING.select} WHERE u.id = ANY($1::uuid[])", [list(subnet_ids)]


async def subnets_of_network(conn: Connection, network_id: str) -> list[Subnet]:
    """In order of creation."""
    sql, values = select_of_networks([network_id])
    return [subnet_of(row) for row in await conn.fetch(sql, *values)]


def select_of_networks(network_ids: Sequence[str]) -> Select:
    """The subnets of several networks in order of creation, as rows that `subnet_of` takes."""
    return f"{LISTING.select} WHERE u.network_id = ANY($1::uuid[]) ORDER BY u.created_at, u.id", [list(network_ids)]


def select_of_ports(port_ids: Sequence[str]) -> Select:
    """The subnets in which the ports have addresses, in no order, as rows that `subnet_of` takes."""
    held = "SELECT f.subnet_id FROM northbound.fixed_ips f WHERE f.port_id = ANY($1::uuid[])"
    return f"{LISTING.select} WHERE u.id IN ({held})", [list(port_ids)]


def subnet_of(row: Mapping[str, Any]) -> Subnet:
    return msgspec.convert(dict(row), Subnet)


async def update_subnet(conn: Connection, before: Subnet, after: Subnet) -> None:
    """Writes what differs and marks all whose plan reads it. The caller holds the lock since it read `before`.

    Raises GatewayIpInUse when the gateway moves away from an address that a port holds.
    """
    if before.gateway_ip != after.gateway_ip:
        await _check_gateway_free(conn, after.id, before.gateway_ip)
    await SQL.update_subnet(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        gateway_ip=after.gateway_ip,
        enable_dhcp=after.enable_dhcp,
        dns_nameservers=after.dns_nameservers,
        host_routes=after.host_routes,
        service_types=after.service_types,
        segment_id=after.segment_id,
        dns_publish_fixed_ip=after.dns_publish_fixed_ip,
    )
    if before.allocation_pools != after.allocation_pools:
        await SQL.delete_pools(conn, subnet_id=after.id)
        await SQL.delete_free_addresses(conn, subnet_id=after.id)
        await _insert_pools(conn, after)
    await _mark_readers(conn, before, after)


async def _check_gateway_free(conn: Connection, subnet_id: str, gateway_ip: str | None) -> None:
    if gateway_ip is None:
        return
    port_id = await SQL.port_at(conn, subnet_id=subnet_id, ip=gateway_ip)
    if port_id is not None:
        raise GatewayIpInUse(gateway_ip, port_id)


async def _mark_readers(conn: Connection, before: Subnet, after: Subnet) -> None:
    await marks.mark(conn, "subnet", after.id)
    ports = [row async for row in SQL.ports_in_subnet(conn, subnet_id=after.id)]
    toggled = before.enable_dhcp != after.enable_dhcp
    readers = {row["port_id"] for row in ports if toggled or row["has_own_options"]}
    if before.gateway_ip != after.gateway_ip:
        readers |= {row["port_id"] async for row in SQL.gateways_about(conn, subnet_id=after.id)}
    if readers:
        await marks.mark(conn, "port", *readers)


async def delete_subnet(conn: Connection, subnet: Subnet) -> None:
    """Removes a subnet which the metadata port has left already; raises SubnetInUse when an address is still held."""
    in_use = SubnetInUse(subnet.id)
    with naming({"fixed_ips_subnet": lambda: in_use, "members_subnet": lambda: in_use}):
        await SQL.delete_subnet(conn, id=subnet.id)
    await networks.touch_network(conn, subnet.network_id)
    await quotas.give_back(conn, subnet.project_id, "subnet")
    await marks.mark(conn, "subnet", subnet.id)
