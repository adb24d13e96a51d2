"""Load balancers in PostgreSQL. What is inside one is kept by the other nouns, in the same `changing` transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from northbound.balancing.errors import HasChildren, LoadBalancerNotFound
from northbound.balancing.health_monitors import probes
from northbound.balancing.load_balancers.balancer import LoadBalancer, Vip
from northbound.balancing.quotas import store as quotas
from northbound.balancing.reading import Noun, attributes, select
from northbound.ports import store as ports
from northbound.routers.errors import RouterBalancesLoad
from northbound.translation import marks
from runtime.database import Connection, naming_by_detail, queries
from runtime.web.listing import Attribute, Listing

SQL = queries(Path(__file__).parent / "queries.sql")
KIND = "load_balancer"
DEVICE_PREFIX = "lb-"

VIPS = (
    "(SELECT coalesce(jsonb_agg(jsonb_build_object('ip', host(v.ip), 'port_id', v.port_id, 'subnet_id', v.subnet_id,"
    " 'network_id', u.network_id, 'made', v.made) ORDER BY v.position), '[]')"
    " FROM northbound.vips v JOIN northbound.subnets u ON u.id = v.subnet_id WHERE v.load_balancer_id = l.id) AS vips"
)
INSIDE = (
    "ARRAY(SELECT s.id::text FROM northbound.{0} s WHERE s.load_balancer_id = l.id ORDER BY s.created_at, s.id) AS {0}"
)
MAIN_VIP = "(SELECT {} FROM northbound.vips v{} WHERE v.load_balancer_id = l.id AND v.position = 0)"
WITH_SUBNET = " JOIN northbound.subnets u ON u.id = v.subnet_id"

LOAD_BALANCERS: Noun[LoadBalancer] = Noun(
    shape=LoadBalancer,
    listing=Listing(
        select=select(
            ", ".join((VIPS, INSIDE.format("listeners"), INSIDE.format("pools"))), "load_balancers", "l", "id"
        ),
        attributes=attributes(
            "l",
            "id",
            description=Attribute("l.description"),
            provider=Attribute("'ovn'"),
            vip_address=Attribute(MAIN_VIP.format("host(v.ip)", ""), sortable=False),
            vip_port_id=Attribute(MAIN_VIP.format("v.port_id", ""), "uuid", sortable=False),
            vip_subnet_id=Attribute(MAIN_VIP.format("v.subnet_id", ""), "uuid", sortable=False),
            vip_network_id=Attribute(MAIN_VIP.format("u.network_id", WITH_SUBNET), "uuid", sortable=False),
            flavor_id=Attribute("''", sortable=False),
            availability_zone=Attribute("''", sortable=False),
        ),
    ),
    alias="l",
    missing=LoadBalancerNotFound,
    collection="loadbalancers",
)


@asynccontextmanager
async def changed(conn: Connection, load_balancer_id: str) -> AsyncIterator[None]:
    """Around every change inside a load balancer: locks and marks it, and keeps the ports of its health checks as they
    must be afterwards. Raises LoadBalancerNotFound."""
    if await SQL.lock_load_balancer(conn, id=load_balancer_id) is None:
        raise LoadBalancerNotFound(load_balancer_id)
    await marks.mark(conn, KIND, load_balancer_id)
    before = await probes.subnets_of(conn, load_balancer_id)
    yield
    await probes.follow(conn, before, await probes.subnets_of(conn, load_balancer_id))


async def insert_load_balancer(conn: Connection, balancer: LoadBalancer) -> None:
    """Adds a load balancer with its VIPs and nothing inside; raises QuotaMet."""
    await SQL.insert_load_balancer(
        conn,
        id=balancer.id,
        project_id=balancer.project_id,
        name=balancer.name,
        description=balancer.description,
        admin_state_up=balancer.admin_state_up,
        tags=balancer.tags,
    )
    for position, vip in enumerate(balancer.vips):
        await SQL.insert_vip(
            conn,
            load_balancer_id=balancer.id,
            position=position,
            port_id=vip.port_id,
            subnet_id=vip.subnet_id,
            ip=vip.ip,
            made=vip.made,
        )
        await marks.mark(conn, "port", vip.port_id)
    await hold_to_one_gateway(conn, balancer.id)
    await quotas.take(conn, balancer.project_id, "load_balancer")
    await marks.mark(conn, KIND, balancer.id)


async def hold_to_one_gateway(conn: Connection, load_balancer_id: str) -> None:
    """Keeps the routers of the load balancer from getting a second gateway; raises RouterBalancesLoad if one has it."""
    with naming_by_detail({"router_ports_balancing": RouterBalancesLoad}):
        await SQL.hold_to_one_gateway(conn, ids=[load_balancer_id])


async def update_load_balancer(conn: Connection, after: LoadBalancer) -> None:
    """Writes name, description, admin_state_up and tags. Inside `changed`."""
    await SQL.update_load_balancer(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        admin_state_up=after.admin_state_up,
        tags=after.tags,
    )


async def delete_load_balancer(conn: Connection, balancer: LoadBalancer, *, cascade: bool) -> None:
    """Removes the load balancer and the ports made for it; with `cascade` also what is inside, else it must be empty.

    Raises HasChildren. Inside `changed`.
    """
    children = dict(await SQL.count_children(conn, id=balancer.id))
    if any(children.values()) and not cascade:
        raise HasChildren(balancer.id)
    await SQL.delete_load_balancer(conn, id=balancer.id)
    for vip in balancer.vips:
        await _release(conn, vip)
    for resource, amount in {"load_balancer": 1, **children}.items():
        await quotas.give_back(conn, balancer.project_id, resource, amount)


async def _release(conn: Connection, vip: Vip) -> None:
    if vip.made:
        await ports.delete_port(conn, vip.port_id)
    else:
        await ports.unbind_port(conn, vip.port_id)


async def has_router_with_gateways(conn: Connection, subnet_ids: Sequence[str], most: int) -> bool:
    """Whether a router of one of the subnets has more than `most` gateways."""
    return any([await SQL.most_gateways(conn, subnet_id=one) > most for one in subnet_ids])


async def pending_revision(conn: Connection, load_balancer_id: str) -> int | None:
    """The latest transaction that changed the load balancer and may not be in OVN yet."""
    return await SQL.pending_revision(conn, id=load_balancer_id)


async def is_pending(conn: Connection, load_balancer_id: str, revision: int) -> bool:
    return await SQL.is_pending(conn, id=load_balancer_id, revision=revision)
