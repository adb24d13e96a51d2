"""Networks in PostgreSQL. A network becomes visible, and is changed, in the caller's transaction.

Depends on no other slice: the metadata port that belongs to each network is made by `ports.metadata`.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.networks.network import (
    LARGEST_TUNNEL_ID,
    ExternalNetworkInUse,
    FlatNetworkInUse,
    Network,
    NetworkInUse,
    NetworkNotFound,
    NoNetworkAvailable,
    TunnelIdInUse,
    VlanIdInUse,
)
from northbound.quotas import store as quotas
from northbound.translation import marks
from runtime.database import Connection, naming, queries
from runtime.errors import Problem
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

LISTING = Listing(
    select=(
        "SELECT n.*, s.id AS segment_id, s.network_type, s.physical_network, s.segmentation_id,"
        " ARRAY(SELECT u.id::text FROM northbound.subnets u WHERE u.network_id = n.id ORDER BY u.created_at, u.id)"
        " AS subnets FROM northbound.networks n JOIN northbound.segments s ON s.network_id = n.id"
    ),
    attributes={
        "id": Attribute("n.id", "uuid"),
        "name": Attribute("n.name"),
        "description": Attribute("n.description"),
        "project_id": Attribute("n.project_id"),
        "tenant_id": Attribute("n.project_id"),
        "admin_state_up": Attribute("n.admin_state_up", "bool"),
        "shared": Attribute("n.shared", "bool"),
        "router:external": Attribute("n.external", "bool"),
        "status": Attribute("'ACTIVE'"),
        "mtu": Attribute("n.mtu", "int"),
        "port_security_enabled": Attribute("n.port_security_enabled", "bool"),
        "revision_number": Attribute("n.revision_number", "int"),
        "created_at": Attribute("n.created_at", "time"),
        "updated_at": Attribute("n.updated_at", "time"),
        "provider:network_type": Attribute("s.network_type"),
        "provider:physical_network": Attribute("s.physical_network"),
        "provider:segmentation_id": Attribute("s.segmentation_id", "int"),
    },
)
VISIBLE = "n.project_id = {} OR n.shared OR n.external"
TAGS_SQL = "n.tags"


async def insert_network(conn: Connection, draft: Network) -> None:
    """Adds the network with its segment; a segmentation id that is None is chosen for geneve and vlan.

    Raises OverQuota, FlatNetworkInUse, VlanIdInUse, TunnelIdInUse, NoNetworkAvailable.
    """
    await SQL.insert_network(
        conn,
        id=draft.id,
        project_id=draft.project_id,
        name=draft.name,
        description=draft.description,
        admin_state_up=draft.admin_state_up,
        shared=draft.shared,
        external=draft.external,
        mtu=draft.mtu,
        port_security_enabled=draft.port_security_enabled,
        availability_zone_hints=draft.availability_zone_hints,
        tags=draft.tags,
    )
    await _insert_segment(conn, draft)
    await marks.mark(conn, "network", draft.id)
    await quotas.take(conn, draft.project_id, "network")


async def _insert_segment(conn: Connection, draft: Network) -> None:
    if draft.network_type == "geneve" and draft.segmentation_id is None:
        await _insert_tunnel(conn, draft)
        return
    segmentation_id = draft.segmentation_id
    if draft.network_type == "vlan" and segmentation_id is None:
        await SQL.lock_physical_network(conn, physical_network=draft.physical_network)
        segmentation_id = await SQL.choose_vlan(conn, physical_network=draft.physical_network)
        if segmentation_id is None:
            raise NoNetworkAvailable(draft.physical_network)
    with naming({"segments_place": lambda: _segment_in_use(draft, segmentation_id)}):
        await SQL.insert_segment(
            conn,
            id=draft.segment_id,
            network_id=draft.id,
            network_type=draft.network_type,
            physical_network=draft.physical_network,
            segmentation_id=segmentation_id,
        )


async def _insert_tunnel(conn: Connection, draft: Network) -> None:
    """A random free one of 16 million: OVN keys its tunnels itself, so that any will do."""
    placed = None
    while placed is None:
        placed = await SQL.try_segment(
            conn,
            id=draft.segment_id,
            network_id=draft.id,
            network_type="geneve",
            physical_network=None,
            segmentation_id=1 + secrets.randbelow(LARGEST_TUNNEL_ID),
        )


def _segment_in_use(network: Network, segmentation_id: int | None) -> Problem:
    if network.network_type == "flat":
        return FlatNetworkInUse(network.physical_network)
    if network.network_type == "vlan":
        return VlanIdInUse(network.physical_network, segmentation_id)
    return TunnelIdInUse(segmentation_id)


async def fetch_network(conn: Connection, network_id: str, reach: str | None) -> Network:
    """The network if `reach` (see `Caller.reach`) may see it; else raises NetworkNotFound."""
    where = Where()
    where.add("n.id = {}", network_id)
    found = await _select(conn, where, Page(), reach)
    if not found:
        raise NetworkNotFound(network_id)
    return found[0]


async def fetch_kept(conn: Connection, network_id: str, reach: str | None) -> Network:
    """As fetch_network; nobody withdraws the network, shared or external, until the transaction ends."""
    await SQL.keep_network(conn, id=network_id)
    return await fetch_network(conn, network_id, reach)


async def lock_network(conn: Connection, network_id: str) -> None:
    """Keeps others from changing the network, or putting anything into it, until the transaction ends."""
    if await SQL.lock_network(conn, id=network_id) is None:
        raise NetworkNotFound(network_id)


async def list_networks(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Network]:
    return await _select(conn, where, page, reach)


async def read_networks(conn: Connection, network_ids: Sequence[str]) -> list[Network]:
    """Those of the ids that exist, in no order: what the translation plans from."""
    where = Where()
    where.add("n.id = ANY({}::uuid[])", list(network_ids))
    sql = f"{LISTING.select} WHERE {where.predicates[0]}"
    return [msgspec.convert(dict(row), Network) for row in await conn.fetch(sql, *where.values)]


async def _select(conn: Connection, where: Where, page: Page, reach: str | None) -> list[Network]:
    if reach is not None:
        where.add(VISIBLE, reach)
    sql, values = compile_listing(LISTING, page, where)
    return [msgspec.convert(dict(row), Network) for row in await conn.fetch(sql, *values)]


async def update_network(conn: Connection, before: Network, after: Network) -> None:
    """Writes what differs. The caller holds the lock since it read `before`.

    Raises NetworkInUse when the network stops being shared while others' ports or routers are on it,
    ExternalNetworkInUse when it stops being external while gateways or floating IPs are, VlanIdInUse, TunnelIdInUse.
    """
    if before.shared and not after.shared and await SQL.foreign_users(conn, id=after.id, project_id=after.project_id):
        raise NetworkInUse(after.id)
    if before.external and not after.external and await SQL.is_way_out(conn, id=after.id):
        raise ExternalNetworkInUse(after.id)
    await SQL.update_network(
        conn,
        id=after.id,
        name=after.name,
        description=after.description,
        admin_state_up=after.admin_state_up,
        shared=after.shared,
        external=after.external,
        mtu=after.mtu,
        port_security_enabled=after.port_security_enabled,
    )
    if before.segmentation_id != after.segmentation_id:
        with naming({"segments_place": lambda: _segment_in_use(after, after.segmentation_id)}):
            await SQL.update_segment(conn, network_id=after.id, segmentation_id=after.segmentation_id)
    await marks.mark(conn, "network", after.id)
    if before.mtu != after.mtu:
        await _mark_users_of_mtu(conn, after.id)


async def _mark_users_of_mtu(conn: Connection, network_id: str) -> None:
    """DHCP tells guests the MTU, router ports advertise it, and a gateway's limit is the least of its router's."""
    async for row in SQL.users_of_mtu(conn, id=network_id):
        await marks.mark(conn, row["kind"], row["id"])


async def delete_network(conn: Connection, network: Network) -> None:
    """Removes a network whose subnets and own ports are gone already; raises NetworkInUse when a port is left."""
    with naming(
        {"ports_network": lambda: NetworkInUse(network.id), "subnets_network": lambda: NetworkInUse(network.id)}
    ):
        await SQL.delete_network(conn, id=network.id)
    await quotas.give_back(conn, network.project_id, "network")
    await marks.mark(conn, "network", network.id)
