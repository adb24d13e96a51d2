"""A port from what the caller said, and what the cloud's own ports and bound ones keep. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from northbound.networks.network import InvalidInput
from northbound.ports import dhcp_options, traits
from northbound.ports.allocation import split_kept
from northbound.ports.errors import (
    AllowedAddressPairExhausted,
    DuplicateAddressPairInRequest,
    PortBound,
    PortManaged,
)
from northbound.ports.port import (
    FLOATING_IP_OWNER,
    HEALTH_MONITOR_OWNER,
    METADATA_OWNER,
    MOST_PAIRS,
    ROUTER_GATEWAY,
    ROUTER_INTERFACE,
    AddressPair,
    AddressRequest,
    DhcpOption,
    Port,
    PortDraft,
)
from northbound.ports.schema import (
    AddressBody,
    OptionBody,
    PairBody,
    PortBody,
    PortChanges,
)
from northbound.ports.vnic import read_profile
from northbound.trunks.trunk import SUBPORT_OWNER

MANAGED_OWNERS = frozenset({METADATA_OWNER, ROUTER_INTERFACE, ROUTER_GATEWAY, FLOATING_IP_OWNER, HEALTH_MONITOR_OWNER})
"""Ports of these are made and kept by other slices; through the ports API they can only be named and described."""

RESERVED_OWNERS = MANAGED_OWNERS | {SUBPORT_OWNER}
COPIED = ("name", "description", "admin_state_up", "device_id", "device_owner", "port_security_enabled", "vnic_type")
KEPT_WHILE_MANAGED = (
    "device_id", "device_owner", "fixed_ips", "mac_address", "security_groups", "allowed_address_pairs",
    "port_security_enabled", "extra_dhcp_opts", "host_id", "vnic_type", "profile", "qos_policy_id",
)  # fmt: skip
KEPT_WHILE_BOUND = ("device_id", "device_owner", "mac_address", "vnic_type")


def check_owner(owner: str) -> None:
    """Raises InvalidInput for an owner whose ports other slices make."""
    if owner in RESERVED_OWNERS:
        raise InvalidInput(f"device_owner {owner} cannot be given through the ports API.")


def draft_port(body: PortBody) -> PortDraft:
    """Raises InvalidInput, which names the attribute."""
    return PortDraft(
        network_id=str(body.network_id),
        name=body.name,
        description=body.description,
        mac_address=None if body.mac_address is UNSET else str(body.mac_address),
        admin_state_up=body.admin_state_up,
        device_id=body.device_id,
        device_owner=body.device_owner,
        port_security_enabled=None if body.port_security_enabled is UNSET else body.port_security_enabled,
        fixed_ips=None if body.fixed_ips is UNSET else requests(body.fixed_ips),
        security_groups=None if body.security_groups is UNSET else _groups(body.security_groups),
        allowed_address_pairs=[] if body.allowed_address_pairs is UNSET else _pairs(body.allowed_address_pairs, ""),
        extra_dhcp_opts=_options(body.extra_dhcp_opts),
        host=body.host_id or "",
        vnic_type=body.vnic_type,
        profile=read_profile(body.profile or None),
        tags=body.tags,
        **traits.said_of(body),
    )


def change_port(port: Port, changes: PortChanges, another_mac: str) -> Port:
    """The port as it will be, its addresses aside; `another_mac` is for who wants any other MAC.

    Raises PortManaged, PortBound, InvalidInput, DuplicateAddressPairInRequest.
    """
    _check_kept(port, changes)
    said: dict[str, Any] = traits.said_of(changes) | {
        name: value for name in COPIED if (value := getattr(changes, name)) is not UNSET
    }
    if changes.mac_address is not UNSET:
        said["mac_address"] = str(changes.mac_address or another_mac)
    if changes.security_groups is not UNSET:
        said["security_groups"] = _groups(changes.security_groups)
    if changes.allowed_address_pairs is not UNSET:
        mac = said.get("mac_address", port.mac_address)
        said["allowed_address_pairs"] = _pairs(changes.allowed_address_pairs, mac)
    if changes.extra_dhcp_opts is not UNSET:
        said["extra_dhcp_opts"] = _merge(port.extra_dhcp_opts, _options(changes.extra_dhcp_opts))
    if changes.host_id is not UNSET:
        said["host"] = changes.host_id or ""
    if changes.profile is not UNSET:
        said["profile"] = read_profile(changes.profile)
    if said.get("device_owner", port.device_owner) != port.device_owner:
        check_owner(said["device_owner"])
    return msgspec.structs.replace(port, **said)


def _check_kept(port: Port, changes: PortChanges) -> None:
    for name in KEPT_WHILE_MANAGED if port.device_owner in MANAGED_OWNERS else ():
        if getattr(changes, name) is not UNSET and not (name == "fixed_ips" and _keeps(port, changes.fixed_ips)):
            raise PortManaged(port.id, port.device_owner, name)
    kept = {"device_id": port.device_id, "device_owner": port.device_owner, "host_id": port.host}
    for name, value in kept.items() if port.device_owner == SUBPORT_OWNER else ():
        if getattr(changes, name) not in (UNSET, value):
            raise PortManaged(port.id, port.device_owner, name)
    for name in KEPT_WHILE_BOUND if port.host and changes.host_id is UNSET else ():
        if getattr(changes, name) not in (UNSET, getattr(port, name)):
            raise PortBound(port.id, name)


def _keeps(port: Port, bodies: Sequence[AddressBody]) -> bool:
    """Whether the addresses that are asked for are those that the port has."""
    kept, new = split_kept(requests(bodies), port.fixed_ips)
    return not new and len(kept) == len(port.fixed_ips)


def requests(bodies: Sequence[AddressBody]) -> list[AddressRequest]:
    found = [AddressRequest(_text(body.subnet_id), _text(body.ip_address)) for body in bodies]
    for request in found:
        if request == AddressRequest():
            raise InvalidInput("an entry of fixed_ips needs subnet_id or ip_address.")
    named = [request.ip_address for request in found if request.ip_address]
    if len(set(named)) != len(named):
        raise InvalidInput("fixed_ips holds an address twice.")
    return found


def names_addresses(bodies: Sequence[AddressBody], held: Sequence[str] = ()) -> bool:
    """Whether an address is asked for by itself that the port does not hold already."""
    return any(body.ip_address is not None and body.ip_address not in held for body in bodies)


def _groups(ids: Sequence[str] | None) -> list[str]:
    groups = [str(group_id) for group_id in ids or []]
    if len(set(groups)) != len(groups):
        raise InvalidInput("security_groups holds a group twice.")
    return groups


def _pairs(bodies: Sequence[PairBody], mac: str) -> list[AddressPair]:
    if len(bodies) > MOST_PAIRS:
        raise AllowedAddressPairExhausted(MOST_PAIRS)
    pairs = [AddressPair(str(body.mac_address or mac), str(body.ip_address)) for body in bodies]
    for pair in pairs:
        if pairs.count(pair) > 1:
            raise DuplicateAddressPairInRequest(pair.ip_address)
    return pairs


def _options(bodies: Sequence[OptionBody] | None) -> list[DhcpOption]:
    options = [DhcpOption(body.opt_name, body.opt_value, int(body.ip_version)) for body in bodies or []]
    dhcp_options.check(options)
    return options


def _merge(before: Sequence[DhcpOption], said: Sequence[DhcpOption]) -> list[DhcpOption]:
    """Neutron's way: an option said replaces the one of its name, or removes it when its value is null."""
    merged = {(option.opt_name, option.ip_version): option for option in [*before, *said]}
    left = [option for option in merged.values() if option.opt_value is not None]
    dhcp_options.check(left)
    return left


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)
