"""The network cards of a server: which networks and ports a request means, and their ports made or bound.

Everything here runs in the transaction of the server. A port that the tenant brought must be the project's own and
free; it is locked before it is looked at.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from compute.interfaces import store as interfaces
from compute.interfaces.store import Card
from compute.servers.refusals import naming_body_ids
from compute.servers.schema import GroupName, WantedNetwork
from compute.servers.server import Server
from identity.callers import Caller
from identity.policy import Policy
from northbound.dns.names import is_name
from northbound.networks import store as networks
from northbound.networks.network import Network
from northbound.networks.sharing import IS_EXTERNAL, USABLE
from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.ports.orders import check_usable
from northbound.ports.port import AddressRequest, Port, PortDraft
from northbound.ports.vnic import is_external
from northbound.security_groups import store as security_groups
from northbound.security_groups.group import DEFAULT_NAME, SecurityGroupNotFound
from northbound.security_groups.sharing import VISIBLE
from northbound.trunks.trunk import SUBPORT_OWNER
from runtime.attributes import is_uuid
from runtime.database import Connection
from runtime.errors import BadRequest, Conflict, Forbidden
from runtime.web.listing import Page, Where

CHOOSE_ADDRESS = "network:set_port:ip_address"
MayChoose = Callable[[Network], bool]
"""Whether the caller may choose addresses on a network, rather than take what it hands out."""


def chooser(policy: Policy, caller: Caller) -> MayChoose:
    """The rule of the ports API, so that no address is had through a server that a port would not get."""
    return lambda network: policy.allows(CHOOSE_ADDRESS, caller, {"network_project_id": network.project_id})


class Nic(Struct, frozen=True):
    """One card to be made. `groups` are the ids for a new port; None is the project's default group."""

    network_id: str | None = None
    port_id: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None
    groups: list[str] | None = None


async def choose_nics(
    conn: Connection,
    wanted: Literal["auto", "none"] | Sequence[WantedNetwork] | UnsetType,
    groups: Sequence[GroupName],
    project_id: str,
    reach: str | None,
    may_choose: MayChoose,
) -> list[Nic]:
    """The cards that a request wants, in its order; every id in it is known to be the project's to use.

    Nothing said, and "auto", is the only network that the project has. Raises BadRequest for what cannot be used,
    Conflict when "the only network" is several, Forbidden for an address that is not the caller's to choose.
    """
    if wanted == "none":
        return []
    with naming_body_ids():
        group_ids = await choose_groups(conn, groups, project_id, reach)
        if wanted in (UNSET, "auto") or not wanted:
            return await _only_network(conn, project_id, group_ids, required=wanted == "auto")
        return [await _choose_nic(conn, network, group_ids, project_id, reach, may_choose) for network in wanted]


async def _only_network(conn: Connection, project_id: str, groups: list[str] | None, *, required: bool) -> list[Nic]:
    where = Where()
    where.add(f"NOT {IS_EXTERNAL} AND ({USABLE})", project_id)
    found = await networks.list_networks(conn, Page(limit=2), where, None)
    if len(found) > 1:
        raise Conflict("Multiple possible networks found, use a Network ID to be more specific.")
    if not found and required:
        raise BadRequest("Unable to automatically allocate a network for the project: it has none.")
    for network in found:
        _check_bootable(network)
    return [Nic(network_id=network.id, groups=groups) for network in found]


async def _choose_nic(
    conn: Connection,
    wanted: WantedNetwork,
    groups: list[str] | None,
    project_id: str,
    reach: str | None,
    may_choose: MayChoose,
) -> Nic:
    tag = wanted.tag or None
    if wanted.port is not None:
        if wanted.fixed_ip is not None:
            raise BadRequest("Invalid input for server.networks: fixed_ip cannot be used with port.")
        port = await take_port(conn, wanted.port, project_id)
        return Nic(port_id=port.id, network_id=port.network_id, tag=tag)
    if wanted.uuid is None:
        raise BadRequest("Invalid input for server.networks: expected uuid or port.")
    network = await networks.fetch_network(conn, wanted.uuid, reach)
    check_usable(network, reach)
    _check_bootable(network)
    if wanted.fixed_ip is not None and not may_choose(network):
        raise Forbidden(f"Policy does not allow setting 'fixed_ip' ({CHOOSE_ADDRESS}).")
    return Nic(network_id=network.id, fixed_ip=wanted.fixed_ip, tag=tag, groups=groups)


def _check_bootable(network: Network) -> None:
    if not network.subnets:
        raise BadRequest(f"Network {network.id} requires a subnet in order to boot instances on.")


async def take_port(conn: Connection, port_id: str, project_id: str) -> Port:
    """The project's own free port, locked. Raises PortNotFound, PortInUse, BadRequest for one without address."""
    await ports.lock_port(conn, port_id)
    port = await ports.fetch_port(conn, port_id, None)
    if port.project_id != project_id:
        raise PortNotFound(port_id)
    if port.device_id or port.host or port.trusted or port.device_owner == SUBPORT_OWNER:
        raise interfaces.PortInUse(port_id)
    if is_external(port.vnic_type, port.profile):
        raise BadRequest(f"Port {port_id} has binding:vnic_type {port.vnic_type}, for which no host has a card.")
    if not port.fixed_ips:
        raise BadRequest(f"Port {port_id} requires a FixedIP in order to be used.")
    return port


async def choose_groups(
    conn: Connection, names: Sequence[GroupName], project_id: str, reach: str | None
) -> list[str] | None:
    """The ids of the project's security groups that `names` means; None for the default group alone."""
    wanted = list(dict.fromkeys(group.name for group in names))
    if wanted in ([], [DEFAULT_NAME]):
        return None
    return [await find_group(conn, name, project_id, reach) for name in wanted]


async def find_group(conn: Connection, name: str, project_id: str, reach: str | None) -> str:
    """The id of one of the project's groups by name, or of one that it may use by id; raises SecurityGroupNotFound, Conflict for two of a name."""
    if name == DEFAULT_NAME:
        return await security_groups.ensure_default(conn, project_id)
    for attribute in ("id", "name") if is_uuid(name) else ("name",):
        where = Where()
        where.add(VISIBLE if attribute == "id" else "g.project_id = {}", project_id)
        found = await security_groups.list_groups(conn, Page(filters={attribute: [name]}, limit=2), where, reach)
        if len(found) > 1:
            raise Conflict(f"Multiple security groups found matching '{name}'. Use an ID to be more specific.")
        if found:
            return found[0].id
    raise SecurityGroupNotFound(name)


async def plug(conn: Connection, server: Server, nic: Nic, reach: str | None) -> Card:
    """Makes or binds the port of one card on the server's host, and the card."""
    owner = f"compute:{server.availability_zone or 'nova'}"
    if nic.port_id is not None:
        await ports.bind_port(conn, nic.port_id, server.host or "", server.id, owner)
        return await interfaces.insert(conn, server.id, nic.port_id, keep_port=True, tag=nic.tag)
    draft = PortDraft(
        network_id=nic.network_id or "",
        device_id=server.id,
        device_owner=owner,
        host=server.host or "",
        security_groups=nic.groups,
        fixed_ips=[AddressRequest(ip_address=nic.fixed_ip)] if nic.fixed_ip else None,
        dns_name=server.hostname.lower() if is_name(server.hostname.lower()) else "",
    )
    with naming_body_ids():
        port = await ports.create_port(conn, draft, server.project_id, reach)
    return await interfaces.insert(conn, server.id, port.id, keep_port=False, tag=nic.tag)
