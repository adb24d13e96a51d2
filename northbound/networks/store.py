"""Networks in PostgreSQL. A network becomes visible, and is changed, in the caller's transaction.

Depends on no other slice: the metadata port that belongs to each network is made by `ports.metadata`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from northbound.networks.network import (
    DefaultExternalNetworkExists,
    ExternalNetworkInUse,
    Network,
    NetworkInUse,
    NetworkNotFound,
    check_mtu,
)
from northbound.networks.placing import move_segment, place_segment
from northbound.networks.sharing import KIND, NETWORK, VISIBLE, external_to, shared_to
from northbound.quotas import store as quotas
from northbound.sharing import store as sharing
from northbound.sharing.visibility import EVERYONE, EXTERNAL, SHARED
from northbound.translation import marks
from runtime.database import Connection, Select, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

ATTRIBUTES = {
    "id": Attribute("n.id", "uuid"),
    "name": Attribute("n.name"),
    "description": Attribute("n.description"),
    "project_id": Attribute("n.project_id"),
    "tenant_id": Attribute("n.project_id"),
    "admin_state_up": Attribute("n.admin_state_up", "bool"),
    "status": Attribute("'ACTIVE'"),
    "mtu": Attribute("n.mtu", "int"),
    "port_security_enabled": Attribute("n.port_security_enabled", "bool"),
    "revision_number": Attribute("n.revision_number", "int"),
    "created_at": Attribute("n.created_at", "time"),
    "updated_at": Attribute("n.updated_at", "time"),
    "dns_domain": Attribute("n.dns_domain"),
    "is_default": Attribute("n.is_default", "bool"),
    "qos_policy_id": Attribute("n.qos_policy_id", "uuid", sortable=False),
    "vlan_transparent": Attribute("n.vlan_transparent", "bool"),
    "qinq": Attribute("n.qinq", "bool"),
}


def _scope(ip_version: int) -> str:
    """The address scope of the network's subnets of one IP version: they are all of the same, or of none."""
    return (
        "(SELECT p.address_scope_id::text FROM northbound.subnets u JOIN northbound.subnet_pools p"
        f" ON p.id = u.subnetpool_id WHERE u.network_id = n.id AND u.ip_version = {ip_version} LIMIT 1)"
    )


def listing_for(viewer: str | None) -> Listing:
    """`viewer` is the place of the project that looks, such as `$1`; None: nobody's in particular."""
    shared, external = shared_to(viewer), external_to(viewer)
    return Listing(
        select=(
            "SELECT n.*, (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.position) FROM northbound.segments s"
            f" WHERE s.network_id = n.id) AS segments, {shared} AS shared, {external} AS external,"
            " ARRAY(SELECT u.id::text FROM northbound.subnets u WHERE u.network_id = n.id ORDER BY u.created_at, u.id)"
            " AS subnets, NOT EXISTS (SELECT FROM northbound.subnets u WHERE u.network_id = n.id"
            f" AND u.segment_id IS NOT NULL) AS l2_adjacency, {_scope(4)} AS ipv4_address_scope,"
            f" {_scope(6)} AS ipv6_address_scope FROM northbound.networks n"
        ),
        attributes=ATTRIBUTES | {"shared": Attribute(shared, "bool"), "router:external": Attribute(external, "bool")},
    )


LISTING = listing_for(None)
TAGS_SQL = "n.tags"


async def insert_network(conn: Connection, draft: Network) -> None:
    """Adds the network with its segments; a segmentation id that is None is chosen for geneve and vlan.

    Raises OverQuota, DefaultExternalNetworkExists, FlatNetworkInUse, VlanIdInUse, TunnelIdInUse, NoNetworkAvailable.
    """
    with naming({"networks_one_default": DefaultExternalNetworkExists}):
        await SQL.insert_network(
            conn,
            id=draft.id,
            project_id=draft.project_id,
            name=draft.name,
            description=draft.description,
            admin_state_up=draft.admin_state_up,
            is_default=draft.is_default,
            qos_policy_id=draft.qos_policy_id,
            mtu=draft.mtu,
            dns_domain=draft.dns_domain,
            vlan_transparent=draft.vlan_transparent,
            qinq=draft.qinq,
            port_security_enabled=draft.port_security_enabled,
            availability_zone_hints=draft.availability_zone_hints,
            tags=draft.tags,
        )
    for segment in draft.segments:
        await place_segment(conn, segment)
    for action, said in ((SHARED, draft.shared), (EXTERNAL, draft.external)):
        if said:
            await sharing.set_shared(conn, KIND, draft.id, draft.project_id, True, action)
    await marks.mark(conn, "network", draft.id)
    await quotas.take(conn, draft.project_id, "network")


async def fetch_network(conn: Connection, network_id: str, reach: str | None) -> Network:
    """The network if `reach` (see `Caller.reach`) may see it; else raises NetworkNotFound."""
    where = Where()
    where.add("n.id = {}", network_id)
    found = await _select(conn, where, Page(), reach)
    if not found:
        raise NetworkNotFound(network_id)
    return found[0]


async def read_visible(conn: Connection, network_ids: Sequence[str], reach: str | None) -> list[Network]:
    """Those of the ids that exist and that `reach` may see, in no order."""
    sql, values = select_visible(network_ids, reach)
    return [network_of(row) for row in await conn.fetch(sql, *values)]


def select_visible(network_ids: Sequence[str], reach: str | None) -> Select:
    """The statement of `read_visible`, whose rows `network_of` takes."""
    where = Where()
    where.add("n.id = ANY({}::uuid[])", list(network_ids))
    return _compile(where, Page(limit=max(len(network_ids), 1)), reach)


def network_of(row: Mapping[str, Any]) -> Network:
    return msgspec.convert(dict(row), Network)


async def fetch_kept(conn: Connection, network_id: str, reach: str | None) -> Network:
    """As fetch_network; nobody withdraws the network, shared or external, until the transaction ends."""
    await _keep(conn, [network_id])
    return await fetch_network(conn, network_id, reach)


async def read_kept(conn: Connection, network_ids: Sequence[str], reach: str | None) -> list[Network]:
    """As read_visible; nobody withdraws any of them until the transaction ends."""
    await _keep(conn, network_ids)
    return await read_visible(conn, network_ids, reach)


async def _keep(conn: Connection, network_ids: Sequence[str]) -> None:
    async for _ in SQL.keep_networks(conn, ids=list(network_ids)):
        pass


async def lock_network(conn: Connection, network_id: str) -> None:
    """Keeps others from changing the network, or putting anything into it, until the transaction ends."""
    if await SQL.lock_network(conn, id=network_id) is None:
        raise NetworkNotFound(network_id)


async def hold_network(conn: Connection, network_id: str) -> None:
    """Keeps others from changing the network or its subnets until the transaction ends; ports come and go."""
    if await SQL.hold_network(conn, id=network_id) is None:
        raise NetworkNotFound(network_id)


async def has_segment(conn: Connection, segment_id: str) -> bool:
    """Whether any network has it."""
    return await SQL.has_segment(conn, id=segment_id)


async def list_networks(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Network]:
    return await _select(conn, where, page, reach)


async def read_networks(conn: Connection, network_ids: Sequence[str]) -> list[Network]:
    """Those of the ids that exist, in no order: what the translation plans from."""
    where = Where()
    where.add("n.id = ANY({}::uuid[])", list(network_ids))
    sql = f"{LISTING.select} WHERE {where.predicates[0]}"
    return [network_of(row) for row in await conn.fetch(sql, *where.values)]


async def _select(conn: Connection, where: Where, page: Page, reach: str | None) -> list[Network]:
    sql, values = _compile(where, page, reach)
    return [network_of(row) for row in await conn.fetch(sql, *values)]


def _compile(where: Where, page: Page, reach: str | None) -> Select:
    listing = LISTING
    if reach is not None:
        where.add(VISIBLE, reach)
        listing = listing_for(where.bind(reach))
    return compile_listing(listing, page, where)


async def update_network(conn: Connection, before: Network, after: Network) -> None:
    """Writes what differs. The caller holds the lock since it read `before`.

    Raises NetworkInUse when the network stops being shared while others' ports or routers are on it,
    ExternalNetworkInUse when it stops being external while gateways or floating IPs are, DefaultExternalNetworkExists,
    VlanIdInUse.
    """
    await _change_sharing(conn, before, after)
    if before.mtu != after.mtu:
        check_mtu(after.id, after.mtu, [row["ip_version"] async for row in SQL.ip_versions(conn, id=after.id)])
    with naming({"networks_one_default": DefaultExternalNetworkExists}):
        await SQL.update_network(
            conn,
            id=after.id,
            name=after.name,
            description=after.description,
            admin_state_up=after.admin_state_up,
            is_default=after.is_default,
            qos_policy_id=after.qos_policy_id,
            mtu=after.mtu,
            dns_domain=after.dns_domain,
            port_security_enabled=after.port_security_enabled,
        )
    if before.segment.segmentation_id != after.segment.segmentation_id:
        await move_segment(conn, after.segment)
    await marks.mark(conn, "network", after.id)
    if before.mtu != after.mtu:
        await _mark_users_of_mtu(conn, after.id)


async def _change_sharing(conn: Connection, before: Network, after: Network) -> None:
    """Whoever was granted the network by name keeps it when it is no longer shared, not when it is no longer external."""
    if before.shared != after.shared:
        await sharing.set_shared(conn, KIND, after.id, after.project_id, after.shared)
        if await sharing.is_needed(conn, NETWORK, after.id, after.project_id, SHARED, EVERYONE):
            raise NetworkInUse(after.id)
    if before.external and not after.external:
        if await SQL.is_way_out(conn, id=after.id):
            raise ExternalNetworkInUse(after.id)
        await sharing.withdraw_all(conn, KIND, after.id, EXTERNAL)
    elif after.external and not before.external:
        await sharing.set_shared(conn, KIND, after.id, after.project_id, True, EXTERNAL)


async def touch_network(conn: Connection, network_id: str) -> None:
    """Raises the revision of a network whose subnets are others now."""
    await SQL.touch_network(conn, id=network_id)
    await marks.mark(conn, "network", network_id)


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
