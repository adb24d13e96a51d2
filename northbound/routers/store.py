"""Routers in PostgreSQL. Their ports come and go in `interfaces` and `gateway`, which build on this."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.quotas import store as quotas
from northbound.routers.errors import RouterBalancesLoad, RouterInUse, RouterNotFound
from northbound.routers.router import Router, check_forwarding
from northbound.translation import marks
from runtime.database import Connection, naming, naming_by_detail, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "router"
RESOURCE = "router"

ADDRESSES = (
    "SELECT coalesce(jsonb_agg(jsonb_build_object('subnet_id', f.subnet_id, 'ip', host(f.ip), 'cidr', u.cidr,"
    " 'subnet_gateway_ip', host(u.gateway_ip), 'ipv6_address_mode', u.ipv6_address_mode)"
    " ORDER BY f.position, f.ip), '[]')"
    " FROM northbound.fixed_ips f JOIN northbound.subnets u ON u.id = f.subnet_id WHERE f.port_id = p.id"
)
PORTS = (
    "SELECT coalesce(jsonb_agg(jsonb_build_object('port_id', p.id, 'router_id', t.router_id,"
    " 'network_id', p.network_id, 'mac_address', p.mac_address, 'is_gateway', t.is_gateway, 'position', t.position,"
    " 'chassis', t.chassis,"
    " 'qos_policy_id', p.qos_policy_id,"
    " 'revision_number', p.revision_number, 'mtu', n.mtu, 'network_type', s.network_type,"
    f" 'physical_network', s.physical_network, 'addresses', ({ADDRESSES})) ORDER BY p.id), '[]')"
    " FROM northbound.router_ports t JOIN northbound.ports p ON p.id = t.port_id"
    " JOIN northbound.networks n ON n.id = p.network_id"
    " JOIN northbound.segments s ON s.network_id = n.id AND s.position = 0"
    " WHERE t.router_id = r.id"
)
LISTING = Listing(
    select=f"SELECT r.*, ({PORTS}) AS ports FROM northbound.routers r",
    attributes={
        "id": Attribute("r.id", "uuid"),
        "name": Attribute("r.name"),
        "description": Attribute("r.description"),
        "project_id": Attribute("r.project_id"),
        "tenant_id": Attribute("r.project_id"),
        "admin_state_up": Attribute("r.admin_state_up", "bool"),
        "status": Attribute("'ACTIVE'"),
        "distributed": Attribute("r.distributed", "bool"),
        "enable_default_route_ecmp": Attribute("r.enable_default_route_ecmp", "bool"),
        "enable_default_route_bfd": Attribute("r.enable_default_route_bfd", "bool"),
        "ha": Attribute("true", "bool"),
        "revision_number": Attribute("r.revision_number", "int"),
        "created_at": Attribute("r.created_at", "time"),
        "updated_at": Attribute("r.updated_at", "time"),
    },
)
TAGS_SQL = "r.tags"
READ_BY_OTHERS = ("enable_snat", "distributed", "enable_default_route_ecmp", "enable_default_route_bfd")
"""Attributes of a router from which its ports' and floating IPs' rows are planned."""


async def insert_router(conn: Connection, router: Router) -> None:
    """Adds a router without ports; raises OverQuota."""
    await SQL.insert_router(
        conn,
        id=router.id,
        project_id=router.project_id,
        name=router.name,
        description=router.description,
        admin_state_up=router.admin_state_up,
        enable_snat=router.enable_snat,
        distributed=router.distributed,
        enable_default_route_ecmp=router.enable_default_route_ecmp,
        enable_default_route_bfd=router.enable_default_route_bfd,
        availability_zone_hints=router.availability_zone_hints,
    )
    await quotas.take(conn, router.project_id, RESOURCE)
    await marks.mark(conn, KIND, router.id)


async def fetch_router(conn: Connection, router_id: str, reach: str | None) -> Router:
    """The router with its ports if `reach` (see `Caller.reach`) may see it; else raises RouterNotFound."""
    where = Where()
    where.add("r.id = {}", router_id)
    found = await list_routers(conn, Page(), where, reach)
    if not found:
        raise RouterNotFound(router_id)
    return found[0]


async def list_routers(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Router]:
    if reach is not None:
        where.add("r.project_id = {}", reach)
    sql, values = compile_listing(LISTING, page, where)
    return [_router(row) for row in await conn.fetch(sql, *values)]


async def read_routers(conn: Connection, router_ids: Sequence[str]) -> list[Router]:
    """Those of the ids that exist, in no order: what the translation plans from."""
    rows = await conn.fetch(f"{LISTING.select} WHERE r.id = ANY($1::uuid[])", list(router_ids))
    return [_router(row) for row in rows]


async def read_routers_of_ports(conn: Connection, port_ids: Sequence[str]) -> list[Router]:
    """The routers that any of the ports belongs to."""
    found = [row["router_id"] async for row in SQL.routers_of_ports(conn, port_ids=list(port_ids))]
    return await read_routers(conn, found)


def _router(row: object) -> Router:
    return msgspec.convert(dict(row), Router)


async def lock_router(conn: Connection, router_id: str) -> None:
    """Keeps others from changing the router or its ports until the transaction ends; raises RouterNotFound."""
    if await SQL.lock_router(conn, id=router_id) is None:
        raise RouterNotFound(router_id)


async def update_router(conn: Connection, before: Router, after: Router) -> None:
    """Writes everything but the ports. The caller holds the lock since it read `before`."""
    await SQL.update_router(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        admin_state_up=after.admin_state_up,
        enable_snat=after.enable_snat,
        distributed=after.distributed,
        enable_default_route_ecmp=after.enable_default_route_ecmp,
        enable_default_route_bfd=after.enable_default_route_bfd,
        extra_routes=after.extra_routes,
    )
    if any(getattr(before, name) != getattr(after, name) for name in READ_BY_OTHERS):
        await mark_connections(conn, after.id)
    else:
        await marks.mark(conn, KIND, after.id)


async def mark_connections(conn: Connection, router_id: str) -> None:
    """Marks what is planned from the router and the networks it is in: itself, its ports, what is translated there."""
    await marks.mark(conn, KIND, router_id)
    async for row in SQL.readers(conn, id=router_id):
        await marks.mark(conn, row["kind"], *row["ids"])


async def interfaces_changed(conn: Connection, router_id: str) -> None:
    """Raises the router's revision, as Neutron does, and marks what is planned from its connections."""
    await SQL.raise_revision(conn, id=router_id)
    await mark_connections(conn, router_id)


async def check_forwardings(conn: Connection, router: Router) -> None:
    """Raises InvalidRouterInterface when ports of floating IPs are forwarded at the router, and OVN would not."""
    if await SQL.forwards(conn, id=router.id):
        check_forwarding(router)


async def insert_router_port(
    conn: Connection, router_id: str, port_id: str, *, is_gateway: bool, position: int = 0
) -> None:
    """Makes the port the router's; raises RouterBalancesLoad where several gateways and load balancers would meet."""
    with naming_by_detail({"router_ports_balancing": RouterBalancesLoad}):
        await SQL.insert_router_port(
            conn, port_id=port_id, router_id=router_id, is_gateway=is_gateway, position=position
        )


async def move_gateway(conn: Connection, port_id: str, position: int) -> None:
    """Changes a gateway's place among the router's gateways; no other may have the position."""
    await SQL.move_gateway(conn, port_id=port_id, position=position)


async def hand_over(conn: Connection, gateway_port_id: str) -> None:
    """What is translated at the gateway is translated at another one of the router in the same network, if there is
    one."""
    await SQL.hand_over(conn, port_id=gateway_port_id)


async def delete_router(conn: Connection, router: Router) -> None:
    """Removes a router without ports; raises RouterInUse when one came meanwhile."""
    with naming({"router_ports_router": lambda: RouterInUse(router.id)}):
        await SQL.delete_router(conn, id=router.id)
    await quotas.give_back(conn, router.project_id, RESOURCE)
    await marks.mark(conn, KIND, router.id)
