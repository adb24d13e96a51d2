"""Ports in PostgreSQL, and the library that compute calls inside its own transaction.

    create_port, bind_port, unbind_port, delete_port, ports_of_device, fetch_port        (all need a transaction)
    wiring.read_wiring                      what a hypervisor needs to know of a port

Every change marks its owners; whoever commits the transaction then waits with `translation.settle`, or does not.
Depends on networks, subnets, addresses, security_groups, quotas.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from northbound.ports import addressing
from northbound.ports.columns import CHANGEABLE
from northbound.ports.errors import MacAddressInUse, PortNotFound, PortSecurityPortHasSecurityGroup
from northbound.ports.inserting import insert_ports, with_another_mac
from northbound.ports.orders import Order, check_security, survey
from northbound.ports.port import COMPUTE_OWNER, AddressRequest, Port, PortDraft
from northbound.quotas import store as quotas
from northbound.translation import marks
from runtime.database import Connection, Select, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

UPDATE_PORT = f"""
UPDATE northbound.ports SET
    ({", ".join(CHANGEABLE)}) =
    (SELECT {", ".join(CHANGEABLE)} FROM jsonb_populate_record(NULL::northbound.ports, $2)),
    revision_number = revision_number + 1, updated_at = now()
WHERE id = $1
"""

# Read only of ports that follow a policy.
GUARANTEE = (
    "CASE WHEN coalesce(p.qos_policy_id, n.qos_policy_id) IS NOT NULL AND p.device_owner NOT LIKE 'network:%' THEN"
    " (SELECT jsonb_build_object('min_kbps', r.min_kbps, 'physical_network', s.physical_network)"
    " FROM northbound.qos_rules r, northbound.segments s"
    " WHERE r.qos_policy_id = coalesce(p.qos_policy_id, n.qos_policy_id) AND r.kind = 'minimum_bandwidth'"
    " AND s.network_id = n.id AND s.physical_network IS NOT NULL ORDER BY s.position LIMIT 1) END"
)
SERVED_AT = "(SELECT h.host FROM northbound.gateway_hosts h WHERE h.port_id = p.id)"
LISTING = Listing(
    select=(
        "SELECT p.*, n.project_id AS network_project_id, n.dns_domain AS network_dns_domain,"
        f" n.qos_policy_id AS qos_network_policy_id, {GUARANTEE} AS guarantee,"
        f" CASE WHEN p.device_owner = 'network:router_gateway' THEN {SERVED_AT} END AS gateway_host,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_object('subnet_id', f.subnet_id, 'ip_address', host(f.ip))"
        " ORDER BY f.position, f.ip), '[]') FROM northbound.fixed_ips f WHERE f.port_id = p.id) AS fixed_ips,"
        " ARRAY(SELECT m.security_group_id::text FROM northbound.port_security_groups m WHERE m.port_id = p.id"
        " ORDER BY 1) AS security_groups"
        " FROM northbound.ports p JOIN northbound.networks n ON n.id = p.network_id"
    ),
    attributes={
        "id": Attribute("p.id", "uuid"),
        "name": Attribute("p.name"),
        "description": Attribute("p.description"),
        "network_id": Attribute("p.network_id", "uuid"),
        "project_id": Attribute("p.project_id"),
        "tenant_id": Attribute("p.project_id"),
        "mac_address": Attribute("p.mac_address::text"),
        "admin_state_up": Attribute("p.admin_state_up", "bool"),
        "device_id": Attribute("p.device_id"),
        "device_owner": Attribute("p.device_owner"),
        "status": Attribute("p.status"),
        "port_security_enabled": Attribute("p.port_security_enabled", "bool"),
        "binding:host_id": Attribute(f"coalesce(nullif(p.host, ''), {SERVED_AT}, '')"),
        "binding:vnic_type": Attribute("p.vnic_type"),
        "dns_name": Attribute("p.dns_name"),
        "dns_domain": Attribute("p.dns_domain"),
        "qos_policy_id": Attribute("p.qos_policy_id", "uuid", sortable=False),
        "qos_network_policy_id": Attribute("n.qos_policy_id", "uuid", sortable=False),
        "propagate_uplink_status": Attribute("p.propagate_uplink_status", "bool"),
        "numa_affinity_policy": Attribute("p.numa_affinity_policy"),
        "revision_number": Attribute("p.revision_number", "int"),
        "created_at": Attribute("p.created_at", "time"),
        "updated_at": Attribute("p.updated_at", "time"),
    },
)
TAGS_SQL = "p.tags"


async def create_port(conn: Connection, draft: PortDraft, project_id: str, reach: str | None) -> Port:
    """Adds a port of `project_id`; `reach` (see `Caller.reach`) says which networks and groups it may use.

    Raises what `create_ports` raises.
    """
    (port,) = await create_ports(conn, [Order(draft, project_id, request_id=marks.cause())], reach)
    return port


async def create_ports(conn: Connection, orders: Sequence[Order], reach: str | None) -> list[Port]:
    """Adds all of the ports, in a handful of statements however many they are, or none of them.

    Raises NetworkNotFound, Forbidden (an external network of others), OverQuota, MacAddressInUse, IpAddressInUse,
    IpAddressGenerationFailure, InvalidIpForSubnet, InvalidIpForNetwork, SecurityGroupNotFound, QosPolicyNotFound.
    """
    ground = await survey(conn, orders, reach)
    prepared = [(order, ground.prepare(order)) for order in orders]
    made: dict[str, Port] = {}
    waiting = prepared
    while waiting:
        inserted = await insert_ports(conn, waiting)
        made |= inserted.ports
        waiting = [(order, with_another_mac(ground, order, port)) for order, port in inserted.left]
    return [made[port.id] for _, port in prepared]


async def fetch_port(conn: Connection, port_id: str, reach: str | None) -> Port:
    """The port if `reach` may see it (its own, or one on its own network); else raises PortNotFound."""
    where = Where()
    where.add("p.id = {}", port_id)
    found = await list_ports(conn, Page(), where, reach)
    if not found:
        raise PortNotFound(port_id)
    return found[0]


async def list_ports(conn: Connection, page: Page, where: Where, reach: str | None) -> list[Port]:
    if reach is not None:
        # Who has no project reaches nothing, not what is NOBODY's.
        where.add("nullif({}, '') IN (p.project_id, n.project_id)", reach)
    sql, values = compile_listing(LISTING, page, where)
    return [port_of(row) for row in await conn.fetch(sql, *values)]


async def read_ports(conn: Connection, port_ids: Sequence[str]) -> list[Port]:
    """Those of the ids that exist, in no order."""
    sql, values = select_ports(port_ids)
    return [port_of(row) for row in await conn.fetch(sql, *values)]


def select_ports(port_ids: Sequence[str]) -> Select:
    """The statement of `read_ports`, whose rows `port_of` takes."""
    return f"{LISTING.select} WHERE p.id = ANY($1::uuid[])", [list(port_ids)]


async def ports_of_device(conn: Connection, device_id: str) -> list[Port]:
    """The ports bound for a device, in order of creation.

    Only bound ones: a tenant may write any device_id into an unbound port of their own, which proves nothing.
    """
    sql = f"{LISTING.select} WHERE p.device_id = $1 AND p.host <> '' ORDER BY p.created_at, p.id"
    return [port_of(row) for row in await conn.fetch(sql, device_id)]


def port_of(row: Mapping[str, Any]) -> Port:
    return msgspec.convert(dict(row), Port)


async def lock_port(conn: Connection, port_id: str) -> None:
    """Keeps others from changing the port until the transaction ends; raises PortNotFound."""
    if await SQL.lock_port(conn, id=port_id) is None:
        raise PortNotFound(port_id)


async def update_port(
    conn: Connection, before: Port, after: Port, requests: Sequence[AddressRequest] | None = None
) -> Port:
    """Writes what differs; `requests`, if given, replace the port's addresses (`after.fixed_ips` is not read).

    The caller holds the lock since it read `before`, and has checked the groups that are new.
    Raises MacAddressInUse, IpAddressInUse, IpAddressGenerationFailure, InvalidIpForSubnet, InvalidIpForNetwork,
    PortSecurityPortHasSecurityGroup, and what `routed` says about hosts.
    """
    if before.port_security_enabled and not after.port_security_enabled and after.security_groups:
        raise PortSecurityPortHasSecurityGroup
    check_security(after.port_security_enabled, after.security_groups, after.allowed_address_pairs)
    with naming({"ports_mac": lambda: MacAddressInUse(after.network_id, after.mac_address)}):
        await conn.execute(UPDATE_PORT, after.id, after)
    await SQL.delete_memberships(conn, port_id=after.id, kept=after.security_groups)
    await SQL.insert_memberships(conn, port_id=after.id, group_ids=after.security_groups)
    if requests is not None:
        await addressing.replace_addresses(conn, before, after, requests)
    elif before.mac_address != after.mac_address:
        await addressing.follow_mac(conn, before, after.mac_address)
    if after.host and (after.host != before.host or requests is not None):
        await follow_host(conn, after.id)
    await marks.mark(conn, "port", after.id)
    return await fetch_port(conn, after.id, None)


async def bind_port(
    conn: Connection, port_id: str, host: str, device_id: str, device_owner: str = COMPUTE_OWNER
) -> None:
    """Gives the port to a device on a host; idempotent. `device_owner` never begins with `network:`."""
    if await SQL.bind_port(conn, id=port_id, host=host, device_id=device_id, device_owner=device_owner) is None:
        raise PortNotFound(port_id)
    if host:
        await follow_host(conn, port_id)
    await marks.mark(conn, "port", port_id)


async def unbind_port(conn: Connection, port_id: str) -> None:
    """Leaves the port without device and host; idempotent. Raises PortNotFound."""
    await bind_port(conn, port_id, host="", device_id="", device_owner="")


async def follow_host(conn: Connection, port_id: str) -> None:
    """Holds a port that has come to another host to the segment of its network there.

    Nothing to do but on a routed network, for a port that is a guest's; raises what `addressing.follow_host` raises.
    """
    if await SQL.is_routed(conn, id=port_id):
        (port,) = await read_ports(conn, [port_id])
        if not port.trusted:
            await addressing.follow_host(conn, port)


async def delete_port(conn: Connection, port_id: str) -> None:
    """Removes the port, its addresses and memberships, whatever it is for; nothing happens if it is gone already.

    Raises PortHoldsVip.
    """
    await delete_ports(conn, [port_id])


async def delete_ports(conn: Connection, port_ids: Sequence[str]) -> None:
    """As delete_port, for any number of ports in the same few statements."""
    await addressing.drop_all_addresses(conn, port_ids)
    gone = [(row["id"], row["project_id"]) async for row in SQL.delete_ports(conn, ids=port_ids)]
    for project_id, amount in sorted(Counter(project_id for _, project_id in gone).items()):
        await quotas.give_back(conn, project_id, "port", amount)
    if gone:
        await marks.mark(conn, "port", *(port_id for port_id, _ in gone))
