"""A network from what the caller said: defaults, and what contradicts itself. Pure.

Raises InvalidInput, which names the attribute.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from northbound.networks.network import InvalidInput, Network, largest_mtu
from northbound.networks.schema import NetworkChanges, NetworkDraft, SegmentBody
from northbound.networks.segment import LARGEST_TUNNEL_ID, LARGEST_VLAN, Segment


def draft_network(body: NetworkDraft, project_id: str) -> Network:
    """A new network; its segment is geneve unless the body says otherwise."""
    network_id = str(uuid.uuid4())
    segments = _segments(body, network_id)
    if body.is_default is True and body.external is not True:
        raise InvalidInput("is_default is for external networks alone (router:external).")
    _check_tags_of_guests(body, segments)
    return Network(
        id=network_id,
        project_id=project_id,
        name=body.name,
        description=body.description,
        admin_state_up=body.admin_state_up,
        shared=body.shared is True,
        external=body.external is True,
        is_default=body.is_default is True,
        qos_policy_id=str(body.qos_policy_id) if body.qos_policy_id else None,
        mtu=_choose_mtu(body.mtu, segments),
        dns_domain="" if body.dns_domain is UNSET else str(body.dns_domain),
        vlan_transparent=None if body.vlan_transparent is UNSET else body.vlan_transparent,
        qinq=None if body.qinq is UNSET else body.qinq,
        port_security_enabled=body.port_security_enabled is not False,
        availability_zone_hints=body.availability_zone_hints,
        segments=segments,
        tags=body.tags,
    )


def _segments(body: NetworkDraft, network_id: str) -> list[Segment]:
    """The segments of `segments`, or the one that the provider attributes say."""
    single = (body.network_type, body.physical_network, body.segmentation_id)
    if body.segments is UNSET:
        if body.network_type is UNSET and (body.physical_network or body.segmentation_id):
            raise InvalidInput("provider:network_type required.")
        network_type = "geneve" if body.network_type is UNSET else body.network_type
        said = SegmentBody(
            network_type=network_type, physical_network=body.physical_network, segmentation_id=body.segmentation_id
        )
        return [draft_segment(said, network_id, 0)]
    if any(value is not UNSET for value in single):
        raise InvalidInput("segments and provider values cannot both be set.")
    segments = [draft_segment(said, network_id, position) for position, said in enumerate(body.segments)]
    check_apart(segments)
    return segments


def draft_segment(said: SegmentBody, network_id: str, position: int) -> Segment:
    physical_network = said.physical_network or None
    segmentation_id = int(said.segmentation_id) if said.segmentation_id else None
    check_place(said.network_type, physical_network, segmentation_id)
    return Segment(
        id=str(uuid.uuid4()),
        network_id=network_id,
        network_type=said.network_type,
        physical_network=physical_network,
        segmentation_id=segmentation_id,
        position=position,
    )


def check_place(
    network_type: str, physical_network: str | None, segmentation_id: int | None, prefix: str = "provider:"
) -> None:
    """Passes when the three fit together; errors name the attribute with the prefix that the caller wrote."""
    if network_type == "geneve" and physical_network:
        raise InvalidInput(f"{prefix}physical_network specified for geneve network.")
    if network_type != "geneve" and not physical_network:
        raise InvalidInput(f"{prefix}physical_network required for {network_type} network.")
    if network_type == "flat" and segmentation_id:
        raise InvalidInput(f"{prefix}segmentation_id specified for flat network.")
    largest = LARGEST_VLAN if network_type == "vlan" else LARGEST_TUNNEL_ID
    if segmentation_id is not None and not 1 <= segmentation_id <= largest:
        raise InvalidInput(f"{prefix}segmentation_id out of range (1 through {largest}).")


def check_apart(segments: Sequence[Segment]) -> None:
    """Passes when no two segments meet in one host: OVN would bridge two VLANs of one physical network there."""
    places = [segment.physical_network for segment in segments]
    for place in places:
        if places.count(place) > 1:
            kind = f"segment on physical network {place}" if place else "geneve segment"
            raise InvalidInput(f"segments: a network has one {kind} at most.")


def _check_tags_of_guests(body: NetworkDraft, segments: Sequence[Segment]) -> None:
    if body.vlan_transparent is True and body.qinq is True:
        raise InvalidInput("vlan_transparent and qinq cannot both be enabled.")
    if body.qinq is True and any(segment.network_type != "vlan" for segment in segments):
        raise InvalidInput("qinq is for vlan networks alone (provider:network_type).")


def _choose_mtu(said: Any, segments: Sequence[Segment]) -> int:
    """The MTU asked for, 0 or nothing meaning the largest that fits every segment."""
    largest = min(largest_mtu(segment.network_type) for segment in segments)
    wanted = 0 if said is UNSET else int(said)
    if wanted == 0:
        return largest
    if wanted > largest:
        raise InvalidInput(f"Requested mtu {wanted} is too big, maximum is {largest}.")
    return wanted


def change_network(network: Network, changes: NetworkChanges) -> Network:
    """The network as it will be."""
    names = ("name", "description", "admin_state_up", "shared", "external", "is_default", "port_security_enabled")
    said = {name: value for name in names if (value := getattr(changes, name)) is not UNSET}
    if not said.get("external", network.external):
        if changes.is_default is True:
            raise InvalidInput("is_default is for external networks alone (router:external).")
        said["is_default"] = False
    if changes.dns_domain is not UNSET:
        said["dns_domain"] = str(changes.dns_domain)
    if changes.qos_policy_id is not UNSET:
        said["qos_policy_id"] = str(changes.qos_policy_id) if changes.qos_policy_id else None
    if changes.mtu is not UNSET:
        said["mtu"] = _choose_mtu(changes.mtu, network.segments)
    return msgspec.structs.replace(network, segments=_change_segments(network, changes), **said)


def _change_segments(network: Network, changes: NetworkChanges) -> list[Segment]:
    """A VLAN may get another tag; whatever else is said must be what it is already."""
    segment = network.segment
    wanted = {name: getattr(changes, name) for name in ("network_type", "physical_network", "segmentation_id")}
    if wanted["segmentation_id"]:
        wanted["segmentation_id"] = int(wanted["segmentation_id"])
    differing = [name for name, value in wanted.items() if value not in (UNSET, getattr(segment, name))]
    if not differing:
        return network.segments
    if len(network.segments) > 1 or differing != ["segmentation_id"] or segment.network_type != "vlan":
        raise InvalidInput(
            f"provider:{differing[0]} cannot be updated: only the segmentation_id of a network with one vlan segment can."
        )
    if wanted["segmentation_id"] is None:
        raise InvalidInput("provider:segmentation_id of a vlan network cannot be taken away.")
    check_place(segment.network_type, segment.physical_network, wanted["segmentation_id"])
    return [msgspec.structs.replace(segment, segmentation_id=wanted["segmentation_id"])]
