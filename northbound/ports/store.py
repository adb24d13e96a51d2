"""Ports in PostgreSQL, and the library that compute calls inside its own transaction.

    create_port, bind_port, unbind_port, delete_port, ports_of_device, fetch_port        (all need a transaction)
    wiring.read_wiring                      what a hypervisor needs to know of a port

Every change marks its owners; whoever commits the transaction then waits with `translation.settle`, or does not.
Depends on networks, subnets, addresses, security_groups, quotas.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from northbound.addresses import store as addresses
from northbound.networks import store as networks
from northbound.networks.network import NetworkNotFound
from northbound.ports import allocation, routed, traits
from northbound.ports.errors import MacAddressInUse, PortHoldsVip, PortNotFound, PortSecurityPortHasSecurityGroup
from northbound.ports.orders import Ground, NewPort, Order, check_security, routes, survey
from northbound.ports.port import COMPUTE_OWNER, AddressRequest, FixedIp, Port, PortDraft
from northbound.quotas import store as quotas
from northbound.security_groups import store as security_groups
from northbound.security_groups.group import SecurityGroupNotFound
from northbound.subnets import store as subnets
from northbound.translation import marks
from runtime.database import Connection, Select, naming, naming_by_detail, queries, uuid_in
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

CHANGEABLE = (
    "name", "description", "mac_address", "admin_state_up", "device_id", "device_owner", "port_security_enabled",
    "allowed_address_pairs", "extra_dhcp_opts", "host", "vnic_type", "profile", "ip_allocation", *traits.NAMES,
)  # fmt: skip
"""Columns of a port that are attributes of `Port`: a new one is a word here and a line in `Port` (and `PortDraft`)."""
LASTING = ("id", "network_id", "project_id", "status", "tags")

INSERT_PORTS = f"""
WITH made AS (
    INSERT INTO northbound.ports ({", ".join(LASTING + CHANGEABLE)})
    SELECT {", ".join(LASTING + CHANGEABLE)} FROM jsonb_populate_recordset(NULL::northbound.ports, $1)
    ON CONFLICT ON CONSTRAINT ports_mac DO NOTHING
    RETURNING id
), ids AS (SELECT coalesce(array_agg(id), '{{}}') AS made FROM made)
SELECT made::text[], northbound.furnish_ports(made, $1, $2) FROM ids
"""
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
LISTING = Listing(
    select=(
        "SELECT p.*, n.project_id AS network_project_id, n.dns_domain AS network_dns_domain,"
        f" n.qos_policy_id AS qos_network_policy_id, {GUARANTEE} AS guarantee,"
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
        "binding:host_id": Attribute("p.host"),
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
    ports, _ = await insert_ports(conn, ground, [(order, ground.prepare(order)) for order in orders])
    return ports


async def insert_ports(
    conn: Connection, ground: Ground, prepared: Sequence[tuple[Order, NewPort]]
) -> tuple[list[Port], int]:
    """Inserts what was prepared, and returns it in the same order, with the revision of the marks.

    A MAC that was made up is made up again until it is alone in its network.
    """
    made: dict[str, Port] = {}
    waiting, furnished = list(prepared), Furnished(0)
    while waiting:
        ports = await _with_default_groups(conn, [port for _, port in waiting])
        ids, furnished = await _insert_rows(conn, ports)
        made |= {port.id: furnished.finish(port) for port in ports if port.id in ids}
        waiting = [(order, _with_another_mac(ground, order, port)) for order, port in waiting if port.id not in ids]
    return [made[port.id] for _, port in prepared], furnished.revision


class Furnished(Struct, frozen=True):
    """What `northbound.furnish_ports` says."""

    revision: int
    made_at: datetime | None = None
    addresses: dict[str, list[FixedIp]] = {}

    def finish(self, port: NewPort) -> Port:
        """The port as reading it would give it."""
        said = {name: getattr(port, name) for name in Port.__struct_fields__}
        known = {
            "fixed_ips": self.addresses.get(port.id, []),
            "security_groups": sorted(port.security_groups),
            "created_at": self.made_at,
            "updated_at": self.made_at,
        }
        return Port(**said | known)


async def _with_default_groups(conn: Connection, ports: Sequence[NewPort]) -> list[NewPort]:
    """The ports, with their projects' default groups, made now where they are lacking."""
    projects = sorted({port.project_id for port in ports if port.lacks_default_group})
    groups = {project: [await security_groups.ensure_default(conn, project)] for project in projects}
    return [
        msgspec.structs.replace(port, security_groups=groups[port.project_id]) if port.lacks_default_group else port
        for port in ports
    ]


async def _insert_rows(conn: Connection, ports: Sequence[NewPort]) -> tuple[set[str], Furnished]:
    """(ids of those that were inserted, what was given to them); the MAC of the others is in use."""
    with (
        allocation.naming_refusals(),
        naming_by_detail(
            {
                "ports_network": lambda detail: NetworkNotFound(uuid_in(detail)),
                "port_security_groups_group": lambda detail: SecurityGroupNotFound(uuid_in(detail)),
                "quotas_limit": quotas.over_quota,
            }
        ),
    ):
        made, furnished = await conn.fetchrow(INSERT_PORTS, ports, quotas.DEFAULTS["port"])
    return set(made), msgspec.convert(furnished, Furnished)


def _with_another_mac(ground: Ground, order: Order, port: NewPort) -> NewPort:
    if order.draft.mac_address:
        raise MacAddressInUse(port.network_id, port.mac_address)
    draft = msgspec.structs.replace(order.draft, id=port.id)
    return ground.prepare(msgspec.structs.replace(order, draft=draft))


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
        await _replace_addresses(conn, before, after, requests)
    elif before.mac_address != after.mac_address:
        await _follow_mac(conn, before, after.mac_address)
    if after.host and (after.host != before.host or requests is not None):
        await _follow_host(conn, after.id)
    await marks.mark(conn, "port", after.id)
    return await fetch_port(conn, after.id, None)


async def _replace_addresses(conn: Connection, before: Port, after: Port, requests: Sequence[AddressRequest]) -> None:
    kept, new = allocation.split_kept(requests, before.fixed_ips)
    await drop_addresses(conn, before.id, [fixed for fixed in before.fixed_ips if fixed not in kept])
    present = await subnets.subnets_of_network(conn, before.network_id)
    wishes = allocation.choose_requested(
        new, present, before.network_id, after.mac_address, routing=routes(after.device_owner)
    )
    await allocation.hold(conn, before.id, wishes)


async def _follow_mac(conn: Connection, port: Port, mac: str) -> None:
    """Moves the port to the addresses that a guest with the new MAC makes for itself."""
    present = await subnets.subnets_of_network(conn, port.network_id)
    autonomous = {subnet.id: subnet for subnet in present if subnet.autonomous}
    moving = [fixed for fixed in port.fixed_ips if fixed.subnet_id in autonomous]
    if moving and not routes(port.device_owner):
        await drop_addresses(conn, port.id, moving)
        requests = [AddressRequest(fixed.subnet_id) for fixed in moving]
        wishes = allocation.choose_requested(requests, present, port.network_id, mac, routing=False)
        await allocation.hold(conn, port.id, wishes)


async def _follow_host(conn: Connection, port_id: str) -> None:
    """On a routed network, gives the port the addresses that it waited for until it had a host.

    Raises HostNotConnectedToAnySegment, HostConnectedToMultipleSegments, HostNotCompatibleWithFixedIps.
    """
    if not await SQL.is_routed(conn, id=port_id):
        return
    (port,) = await read_ports(conn, [port_id])
    if port.trusted:
        return
    network = await networks.fetch_network(conn, port.network_id, None)
    present = await subnets.subnets_of_network(conn, network.id)
    fitting = routed.reachable(network, present, port.host, await routed.read_places(conn, [port.host]))
    routed.check_compatible(port.id, port.host, (fixed.subnet_id for fixed in port.fixed_ips), fitting)
    if port.ip_allocation == routed.DEFERRED and not port.fixed_ips:
        await allocation.hold(conn, port.id, allocation.choose_default(fitting, port.mac_address, port.device_owner))
        await SQL.end_deferral(conn, id=port.id)


async def drop_addresses(conn: Connection, port_id: str, fixed_ips: Sequence[FixedIp]) -> None:
    """Takes addresses from the port; the next port may have them. Raises PortHoldsVip."""
    with naming({"vips_address": lambda: PortHoldsVip(port_id)}):
        gone = [
            (row["subnet_id"], row["ip"])
            async for row in SQL.delete_fixed_ips(
                conn,
                port_id=port_id,
                subnet_ids=[fixed.subnet_id for fixed in fixed_ips],
                ips=[fixed.ip_address for fixed in fixed_ips],
            )
        ]
    await addresses.release(conn, gone)


async def bind_port(
    conn: Connection, port_id: str, host: str, device_id: str, device_owner: str = COMPUTE_OWNER
) -> None:
    """Gives the port to a device on a host; idempotent. `device_owner` never begins with `network:`."""
    if await SQL.bind_port(conn, id=port_id, host=host, device_id=device_id, device_owner=device_owner) is None:
        raise PortNotFound(port_id)
    if host:
        await _follow_host(conn, port_id)
    await marks.mark(conn, "port", port_id)


async def unbind_port(conn: Connection, port_id: str) -> None:
    """Leaves the port without device and host; idempotent. Raises PortNotFound."""
    await bind_port(conn, port_id, host="", device_id="", device_owner="")


async def delete_port(conn: Connection, port_id: str) -> None:
    """Removes the port, its addresses and memberships, whatever it is for; nothing happens if it is gone already.

    Raises PortHoldsVip.
    """
    with naming({"vips_address": lambda: PortHoldsVip(port_id)}):
        gone = [(row["subnet_id"], row["ip"]) async for row in SQL.delete_all_fixed_ips(conn, port_id=port_id)]
    await addresses.release(conn, gone)
    project_id = await SQL.delete_port(conn, id=port_id)
    if project_id is not None:
        await quotas.give_back(conn, project_id, "port")
        await marks.mark(conn, "port", port_id)
