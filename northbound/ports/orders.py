"""Ports that are asked for, made ready to be inserted: everything that is read and checked before the first write.

    orders --survey--> Ground (networks, subnets, groups, read once for all) --prepare--> NewPort, each by itself

`Ground.prepare` does no I/O, so that one order that is refused leaves the others alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec
from msgspec import Struct

from northbound.addresses.mac import SELECT_PREFIX as SELECT_MAC_PREFIX
from northbound.addresses.mac import random_mac
from northbound.addresses.store import PortWish, Wish, wishes_of
from northbound.networks import store as networks
from northbound.networks.network import Network, NetworkNotFound
from northbound.ports import allocation, routed
from northbound.ports.bandwidth import guarantee
from northbound.ports.devices import devices_of_others
from northbound.ports.errors import (
    AddressPairAndPortSecurityRequired,
    DeviceIDNotOwnedByTenant,
    PortSecurityAndIPRequiredForSecurityGroups,
)
from northbound.ports.port import FLOATING_IP_OWNER, NETWORK_OWNER_PREFIX, AddressPair, Port, PortDraft
from northbound.qos_policies.assignment import usable_policies
from northbound.qos_policies.qos_policy import QosPolicyNotFound
from northbound.qos_rules.qos_rule import QosRule
from northbound.qos_rules.store import read_rules
from northbound.security_groups import store as security_groups
from northbound.security_groups.group import SecurityGroupNotFound
from northbound.subnets import store as subnets
from northbound.subnets.subnet import Subnet
from runtime.database import Connection, fetch_together
from runtime.errors import Forbidden

DECIDED = ("id", "mac_address", "port_security_enabled", "fixed_ips", "security_groups", "allowed_address_pairs")
"""What a draft may leave open; everything else of it becomes the port's as it is."""


def _anything(_network: Network) -> None:
    return None


class Order(Struct, frozen=True):
    """A port of `project_id` that is asked for. `permit` raises what forbids it, once its network is known."""

    draft: PortDraft
    project_id: str
    permit: Callable[[Network], None] = _anything
    request_id: str | None = None


class NewPort(Port, frozen=True, kw_only=True):
    """A port before it is inserted, with the addresses it wishes for and the request that asked for it.

    `lacks_default_group`: it is to be in its project's default group, which has not been made yet.
    """

    wishes: list[PortWish]
    request_id: str | None
    lacks_default_group: bool


@dataclass(frozen=True)
class Ground:
    """What orders stand on. `networks` are those that `reach` (see `Caller.reach`) may see.

    `firm`: nothing of it must be kept from changing until the ports are inserted: what may go is found by constraints.
    """

    reach: str | None
    networks: dict[str, Network]
    subnets: dict[str, list[Subnet]]
    usable_groups: Collection[str]
    default_groups: dict[str, str]
    foreign_devices: set[str]
    mac_prefix: str
    places: routed.Places
    qos_policies: set[str]
    qos_rules: dict[str, list[QosRule]]
    firm: bool

    def prepare(self, order: Order) -> NewPort:
        """The port as it will be inserted; a MAC that is not asked for is another one each time.

        Raises NetworkNotFound, Forbidden (`permit`, a network of others), DeviceIDNotOwnedByTenant,
        SecurityGroupNotFound, QosPolicyNotFound, and what `allocation` says about addresses.
        """
        draft = order.draft
        network = self.networks.get(draft.network_id)
        if network is None:
            raise NetworkNotFound(draft.network_id)
        order.permit(network)
        check_usable(network, self.reach)
        if draft.device_id in self.foreign_devices:
            raise DeviceIDNotOwnedByTenant(draft.device_id)
        if draft.qos_policy_id is not None and draft.qos_policy_id not in self.qos_policies:
            raise QosPolicyNotFound(draft.qos_policy_id)
        secured = network.port_security_enabled if draft.port_security_enabled is None else draft.port_security_enabled
        by_default = secured and takes_default_group(draft)
        default = self.default_groups.get(order.project_id) if by_default else None
        groups = [default] if default else self._chosen_groups(draft)
        check_security(secured, groups, draft.allowed_address_pairs)
        port_id, mac = draft.id or str(uuid4()), draft.mac_address or random_mac(self.mac_prefix)
        wishes, ip_allocation = self._addressed(draft, network, port_id, mac)
        said = {name: value for name, value in msgspec.structs.asdict(draft).items() if name not in DECIDED}
        return NewPort(
            **said,
            id=port_id,
            project_id=order.project_id,
            mac_address=mac,
            port_security_enabled=secured,
            security_groups=groups,
            allowed_address_pairs=_with_own_mac(draft.allowed_address_pairs, mac),
            status="N/A" if draft.device_owner == FLOATING_IP_OWNER else "DOWN",
            ip_allocation=ip_allocation,
            network_project_id=network.project_id,
            network_dns_domain=network.dns_domain,
            qos_network_policy_id=network.qos_policy_id,
            guarantee=guarantee(self.qos_rules.get(draft.qos_policy_id or network.qos_policy_id, ()), draft, network),
            wishes=wishes_of(port_id, wishes),
            request_id=order.request_id,
            lacks_default_group=by_default and default is None,
        )

    def _chosen_groups(self, draft: PortDraft) -> list[str]:
        chosen = list(dict.fromkeys(draft.security_groups or ()))
        for group_id in chosen:
            if group_id not in self.usable_groups:
                raise SecurityGroupNotFound(group_id)
        return chosen

    def _addressed(self, draft: PortDraft, network: Network, port_id: str, mac: str) -> tuple[list[Wish], str]:
        """What addresses it wishes for, and when it gets them."""
        if draft.fixed_ips == []:
            return [], routed.NONE
        present = fitting = self.subnets[draft.network_id]
        held_to_segments = routed.is_routed(present) and not draft.device_owner.startswith(NETWORK_OWNER_PREFIX)
        if held_to_segments and draft.host:
            fitting = routed.reachable(network, present, draft.host, self.places)
        if draft.fixed_ips is None:
            if held_to_segments and not draft.host:
                return [], routed.DEFERRED
            return allocation.choose_default(fitting, mac, draft.device_owner), routed.IMMEDIATE
        routing = routes(draft.device_owner)
        wishes = allocation.choose_requested(draft.fixed_ips, present, network.id, mac, routing=routing)
        routed.check_compatible(port_id, draft.host, (name for wish in wishes for name in wish.subnet_ids), fitting)
        return wishes, routed.IMMEDIATE


async def survey(conn: Connection, orders: Sequence[Order], reach: str | None) -> Ground:
    """Reads what the orders stand on, and changes nothing: all of them may be refused yet."""
    drafts = [order.draft for order in orders]
    network_ids = sorted({draft.network_id for draft in drafts})
    projects = {order.project_id for order in orders if takes_default_group(order.draft)}
    visible, present, defaults, macs = await fetch_together(
        conn,
        networks.select_visible(network_ids, reach),
        subnets.select_of_networks(network_ids),
        security_groups.select_defaults(projects),
        SELECT_MAC_PREFIX,
    )
    named = sorted({group for draft in drafts for group in draft.security_groups or ()})
    usable = await security_groups.usable_groups(conn, named, reach) if named else {}
    for draft in drafts:
        await security_groups.check_alike(conn, draft.security_groups or ())
    foreign = await devices_of_others(conn, {draft.device_id for draft in drafts}, reach)
    by_network = _by_network([subnets.subnet_of(row) for row in present])
    hosts = {draft.host for draft in drafts if draft.host and routed.is_routed(by_network[draft.network_id])}
    policies = {draft.qos_policy_id for draft in drafts if draft.qos_policy_id}
    found = [networks.network_of(row) for row in visible]
    chosen = await _by_id(conn, found, reach)
    followed = policies | {network.qos_policy_id for network in chosen.values() if network.qos_policy_id}
    return Ground(
        reach,
        chosen,
        by_network,
        usable,
        {row["project_id"]: row["id"] for row in defaults},
        foreign,
        macs[0]["prefix"],
        await routed.read_places(conn, hosts) if hosts else {},
        await usable_policies(conn, policies, reach) if policies else set(),
        await read_rules(conn, followed) if followed else {},
        firm=not (policies or hosts)
        and all(reach in (None, project_id) for project_id in usable.values())
        and all(reach in (None, network.project_id) for network in found)
        and all(len(draft.security_groups or ()) < 2 for draft in drafts),
    )


async def _by_id(conn: Connection, found: Sequence[Network], reach: str | None) -> dict[str, Network]:
    """The networks by id; when some are others', the sharing of all is kept from ending, and they are read again."""
    if any(reach not in (None, network.project_id) for network in found):
        found = await networks.read_kept(conn, [network.id for network in found], reach)
    return {network.id: network for network in found}


def _by_network(present: Sequence[Subnet]) -> dict[str, list[Subnet]]:
    """The subnets of each network in order of creation."""
    grouped: dict[str, list[Subnet]] = defaultdict(list)
    for subnet in sorted(present, key=lambda subnet: (subnet.created_at, subnet.id)):
        grouped[subnet.network_id].append(subnet)
    return grouped


def takes_default_group(draft: PortDraft) -> bool:
    """Whether the project's default group is the port's, if it has port security."""
    return draft.security_groups is None and not draft.device_owner.startswith(NETWORK_OWNER_PREFIX)


def check_usable(network: Network, reach: str | None) -> None:
    """Passes when `reach` may put ports into the network, which it may see: its own, or a shared one."""
    if reach is not None and network.project_id != reach and not network.shared:
        raise Forbidden(f"Tenant {reach} not allowed to create port on network {network.id} (network_id).")


def check_security(secured: bool, groups: Sequence[str], pairs: Sequence[object]) -> None:
    """Without port security there is nothing that groups and address pairs could say."""
    if not secured and groups:
        raise PortSecurityAndIPRequiredForSecurityGroups
    if not secured and pairs:
        raise AddressPairAndPortSecurityRequired


def routes(owner: str) -> bool:
    return owner.startswith("network:router_")


def _with_own_mac(pairs: Sequence[AddressPair], mac: str) -> list[AddressPair]:
    return [msgspec.structs.replace(pair, mac_address=pair.mac_address or mac) for pair in pairs]
