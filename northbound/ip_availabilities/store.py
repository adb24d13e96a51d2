"""Addresses counted: of the pools of a subnet, and those that ports hold, in pools or not."""

import msgspec
from msgspec import Struct

from northbound.addresses.ranges import Pool
from northbound.networks.network import NetworkNotFound
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

LISTING = Listing(
    select=(
        "SELECT n.id, n.name, n.project_id, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name,"
        " 'ip_version', u.ip_version, 'cidr', u.cidr, 'pools', (SELECT coalesce(jsonb_agg(jsonb_build_array("
        "host(a.first_ip), host(a.last_ip))), '[]') FROM northbound.allocation_pools a WHERE a.subnet_id = u.id),"
        " 'used', (SELECT count(*) FROM northbound.fixed_ips f WHERE f.subnet_id = u.id)) ORDER BY u.created_at, u.id),"
        " '[]') FROM northbound.subnets u WHERE u.network_id = n.id) AS subnets FROM northbound.networks n"
    ),
    attributes={
        "id": Attribute("n.id", "uuid"),
        "network_id": Attribute("n.id", "uuid"),
        "network_name": Attribute("n.name"),
        "project_id": Attribute("n.project_id"),
        "tenant_id": Attribute("n.project_id"),
    },
)


class SubnetAvailability(Struct, frozen=True):
    id: str
    name: str
    ip_version: int
    cidr: str
    pools: list[Pool]
    used: int

    @property
    def total(self) -> int:
        return sum(pool.addresses for pool in self.pools)


class NetworkAvailability(Struct, frozen=True):
    id: str
    name: str
    project_id: str
    subnets: list[SubnetAvailability]


async def list_availabilities(conn: Connection, page: Page, where: Where) -> list[NetworkAvailability]:
    sql, values = compile_listing(LISTING, page, where)
    return [msgspec.convert(dict(row), NetworkAvailability) for row in await conn.fetch(sql, *values)]


async def fetch_availability(conn: Connection, network_id: str) -> NetworkAvailability:
    where = Where()
    where.add("n.id = {}", network_id)
    found = await list_availabilities(conn, Page(), where)
    if not found:
        raise NetworkNotFound(network_id)
    return found[0]
