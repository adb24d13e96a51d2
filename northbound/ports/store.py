"""Ports in PostgreSQL, and the library that compute calls inside its own transaction.

    create_port, bind_port, unbind_port, delete_port, ports_of_device, fetch_port        (all need a transaction)
    wiring.read_wiring                      what a hypervisor needs to know of a port

Every change marks its owners; whoever commits the transaction then waits with `translation.settle`, or does not.
Depends on networks, subnets, addresses, security_groups, quotas.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.addresses import store as addresses
from northbound.addresses.mac import random_mac
from northbound.networks import store as networks
from northbound.networks.network import Network, NetworkNotFound
from northbound.ports import allocation, traits
from northbound.ports.errors import (
    AddressPairAndPortSecurityRequired,
    DeviceIDNotOwnedByTenant,
    MacAddressInUse,
    PortNotFound,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
)
from northbound.ports.port import (
    COMPUTE_OWNER,
    FLOATING_IP_OWNER,
    NETWORK_OWNER_PREFIX,
    AddressRequest,
    FixedIp,
    Port,
    PortDraft,
)
from northbound.quotas import store as quotas
from northbound.security_groups import store as security_groups
from northbound.subnets import store as subnets
from northbound.translation import marks
from runtime.database import Connection, naming, queries
from runtime.errors import Forbidden
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

LISTING = Listing(
    select=(
        "SELECT p.*, n.project_id AS network_project_id, n.dns_domain AS network_dns_domain,"
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

    Raises NetworkNotFound, Forbidden (an external network of others), OverQuota, MacAddressInUse, IpAddressInUse,
    IpAddressGenerationFailure, InvalidIpForSubnet, InvalidIpForNetwork, SecurityGroupNotFound.
    """
    network = await networks.fetch_network(conn, draft.network_id, reach)
    return await create_port_on(conn, network, draft, project_id, reach)


async def create_port_on(
    conn: Connection, network: Network, draft: PortDraft, project_id: str, reach: str | None
) -> Port:
    """`create_port` for who has fetched the network already."""
    if reach not in (None, network.project_id):
        network = await networks.fetch_kept(conn, network.id, reach)
    check_usable(network, reach)
    secured = network.port_security_enabled if draft.port_security_enabled is None else draft.port_security_enabled
    groups = await _choose_groups(conn, draft, project_id, reach, secured)
    check_security(secured, groups, draft.allowed_address_pairs)
    port_id, mac = await _insert_row(conn, draft, project_id, secured)
    await _hold_addresses(conn, draft, port_id, mac)
    if traits.traits_of(draft) != traits.UNSAID:
        await traits.write(conn, port_id, draft)
    if groups:
        await SQL.insert_memberships(conn, port_id=port_id, group_ids=groups)
    await marks.mark(conn, "port", port_id)
    await quotas.take(conn, project_id, "port")
    return await fetch_port(conn, port_id, None)


def check_usable(network: Network, reach: str | None) -> None:
    """Passes when `reach` may put ports into the network, which it may see: its own, or a shared one."""
    if reach is not None and network.project_id != reach and not network.shared:
        raise Forbidden(f"Tenant {reach} not allowed to create port on network {network.id} (network_id).")


async def check_device(conn: Connection, device_id: str, reach: str | None) -> None:
    """Passes when `device_id` is no router of another project; raises DeviceIDNotOwnedByTenant."""
    if device_id and reach is not None and await SQL.router_of_others(conn, device_id=device_id, project_id=reach):
        raise DeviceIDNotOwnedByTenant(device_id)


def check_security(secured: bool, groups: Sequence[str], pairs: Sequence[object]) -> None:
    """Without port security there is nothing that groups and address pairs could say."""
    if not secured and groups:
        raise PortSecurityAndIPRequiredForSecurityGroups
    if not secured and pairs:
        raise AddressPairAndPortSecurityRequired


async def _choose_groups(
    conn: Connection, draft: PortDraft, project_id: str, reach: str | None, secured: bool
) -> list[str]:
    if draft.security_groups is not None:
        chosen = list(dict.fromkeys(draft.security_groups))
        await security_groups.check_usable(conn, chosen, reach)
        return chosen
    if not secured or draft.device_owner.startswith(NETWORK_OWNER_PREFIX):
        return []
    return [await security_groups.ensure_default(conn, project_id)]


async def _insert_row(conn: Connection, draft: PortDraft, project_id: str, secured: bool) -> tuple[str, str]:
    """(id, MAC) of the new row; a MAC that was made up is made up again until it is alone in its network."""
    port_id = draft.id or str(uuid.uuid4())
    while True:
        mac = draft.mac_address or random_mac()
        with naming({"ports_network": lambda: NetworkNotFound(draft.network_id)}):
            inserted = await SQL.insert_port(
                conn,
                id=port_id,
                network_id=draft.network_id,
                project_id=project_id,
                name=draft.name,
                description=draft.description,
                mac_address=mac,
                admin_state_up=draft.admin_state_up,
                device_id=draft.device_id,
                device_owner=draft.device_owner,
                port_security_enabled=secured,
                allowed_address_pairs=_with_own_mac(draft, mac),
                extra_dhcp_opts=draft.extra_dhcp_opts,
                host=draft.host,
                vnic_type=draft.vnic_type,
                profile=draft.profile,
                status="N/A" if draft.device_owner == FLOATING_IP_OWNER else "DOWN",
                tags=draft.tags,
            )
        if inserted:
            return port_id, mac
        if draft.mac_address:
            raise MacAddressInUse(draft.network_id, mac)


def _with_own_mac(draft: PortDraft, mac: str) -> list[object]:
    return [msgspec.structs.replace(pair, mac_address=pair.mac_address or mac) for pair in draft.allowed_address_pairs]


async def _hold_addresses(conn: Connection, draft: PortDraft, port_id: str, mac: str) -> None:
    if draft.fixed_ips == []:
        return
    present = await subnets.subnets_of_network(conn, draft.network_id)
    if draft.fixed_ips is None:
        wishes = allocation.choose_default(present, mac, draft.device_owner)
    else:
        wishes = allocation.choose_requested(
            draft.fixed_ips, present, draft.network_id, mac, routing=_routes(draft.device_owner)
        )
    with naming({"fixed_ips_subnet": lambda: NetworkNotFound(draft.network_id)}):
        await allocation.hold(conn, port_id, draft.network_id, wishes)


def _routes(owner: str) -> bool:
    return owner.startswith("network:router_")


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
    return [_port(row) for row in await conn.fetch(sql, *values)]


async def read_ports(conn: Connection, port_ids: Sequence[str]) -> list[Port]:
    """Those of the ids that exist, in no order."""
    return [_port(row) for row in await conn.fetch(f"{LISTING.select} WHERE p.id = ANY($1::uuid[])", list(port_ids))]


async def ports_of_device(conn: Connection, device_id: str) -> list[Port]:
    """The ports bound for a device, in order of creation.

    Only bound ones: a tenant may write any device_id into an unbound port of their own, which proves nothing.
    """
    sql = f"{LISTING.select} WHERE p.device_id = $1 AND p.host <> '' ORDER BY p.created_at, p.id"
    return [_port(row) for row in await conn.fetch(sql, device_id)]


def _port(row: object) -> Port:
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
    PortSecurityPortHasSecurityGroup.
    """
    if before.port_security_enabled and not after.port_security_enabled and after.security_groups:
        raise PortSecurityPortHasSecurityGroup
    check_security(after.port_security_enabled, after.security_groups, after.allowed_address_pairs)
    with naming({"ports_mac": lambda: MacAddressInUse(after.network_id, after.mac_address)}):
        await SQL.update_port(
            conn,
            id=after.id,
            name=after.name,
            description=after.description,
            mac_address=after.mac_address,
            admin_state_up=after.admin_state_up,
            device_id=after.device_id,
            device_owner=after.device_owner,
            port_security_enabled=after.port_security_enabled,
            allowed_address_pairs=after.allowed_address_pairs,
            extra_dhcp_opts=after.extra_dhcp_opts,
            host=after.host,
            vnic_type=after.vnic_type,
            profile=after.profile,
        )
    if traits.traits_of(before) != traits.traits_of(after):
        await traits.write(conn, after.id, after)
    await SQL.delete_memberships(conn, port_id=after.id, kept=after.security_groups)
    await SQL.insert_memberships(conn, port_id=after.id, group_ids=after.security_groups)
    if requests is not None:
        await _replace_addresses(conn, before, after, requests)
    elif before.mac_address != after.mac_address:
        await _follow_mac(conn, before, after.mac_address)
    await marks.mark(conn, "port", after.id)
    return await fetch_port(conn, after.id, None)


async def _replace_addresses(conn: Connection, before: Port, after: Port, requests: Sequence[AddressRequest]) -> None:
    kept, new = allocation.split_kept(requests, before.fixed_ips)
    await drop_addresses(conn, before.id, [fixed for fixed in before.fixed_ips if fixed not in kept])
    present = await subnets.subnets_of_network(conn, before.network_id)
    wishes = allocation.choose_requested(
        new, present, before.network_id, after.mac_address, routing=_routes(after.device_owner)
    )
    await allocation.hold(conn, before.id, before.network_id, wishes)


async def _follow_mac(conn: Connection, port: Port, mac: str) -> None:
    """Moves the port to the addresses that a guest with the new MAC makes for itself."""
    present = await subnets.subnets_of_network(conn, port.network_id)
    autonomous = {subnet.id: subnet for subnet in present if subnet.autonomous}
    moving = [fixed for fixed in port.fixed_ips if fixed.subnet_id in autonomous]
    if moving and not _routes(port.device_owner):
        await drop_addresses(conn, port.id, moving)
        requests = [AddressRequest(fixed.subnet_id) for fixed in moving]
        wishes = allocation.choose_requested(requests, present, port.network_id, mac, routing=False)
        await allocation.hold(conn, port.id, port.network_id, wishes)


async def drop_addresses(conn: Connection, port_id: str, fixed_ips: Sequence[FixedIp]) -> None:
    """Takes addresses from the port; the next port may have them."""
    gone = SQL.delete_fixed_ips(
        conn,
        port_id=port_id,
        subnet_ids=[fixed.subnet_id for fixed in fixed_ips],
        ips=[fixed.ip_address for fixed in fixed_ips],
    )
    await addresses.release(conn, [(row["subnet_id"], row["ip"]) async for row in gone])


async def bind_port(
    conn: Connection, port_id: str, host: str, device_id: str, device_owner: str = COMPUTE_OWNER
) -> None:
    """Gives the port to a device on a host; idempotent. `device_owner` never begins with `network:`."""
    if await SQL.bind_port(conn, id=port_id, host=host, device_id=device_id, device_owner=device_owner) is None:
        raise PortNotFound(port_id)
    await marks.mark(conn, "port", port_id)


async def unbind_port(conn: Connection, port_id: str) -> None:
    """Leaves the port without device and host; idempotent. Raises PortNotFound."""
    await bind_port(conn, port_id, host="", device_id="", device_owner="")


async def delete_port(conn: Connection, port_id: str) -> None:
    """Removes the port, its addresses and memberships, whatever it is for; nothing happens if it is gone already."""
    gone = SQL.delete_all_fixed_ips(conn, port_id=port_id)
    await addresses.release(conn, [(row["subnet_id"], row["ip"]) async for row in gone])
    project_id = await SQL.delete_port(conn, id=port_id)
    if project_id is not None:
        await quotas.give_back(conn, project_id, "port")
        await marks.mark(conn, "port", port_id)
