"""A network from what the caller said: defaults, and what contradicts itself. Pure.

Raises InvalidInput, which names the attribute.
"""

import uuid
from typing import Any

import msgspec
from msgspec import UNSET

from northbound.networks.network import (
    LARGEST_TUNNEL_ID,
    InvalidInput,
    Network,
    largest_mtu,
)
from northbound.networks.schema import NetworkChanges, NetworkDraft

LARGEST_VLAN = 4094
SMALLEST_MTU = 68


def draft_network(body: NetworkDraft, project_id: str) -> Network:
    """A new network; its segment is geneve unless the body says otherwise."""
    network_type = "geneve" if body.network_type is UNSET else body.network_type
    physical_network = body.physical_network or None
    segmentation_id = int(body.segmentation_id) if body.segmentation_id else None
    _check_segment(body, network_type, physical_network, segmentation_id)
    return Network(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        admin_state_up=body.admin_state_up,
        shared=body.shared is True,
        external=body.external is True,
        mtu=_choose_mtu(body.mtu, network_type),
        port_security_enabled=body.port_security_enabled,
        availability_zone_hints=body.availability_zone_hints,
        segment_id=str(uuid.uuid4()),
        network_type=network_type,
        physical_network=physical_network,
        segmentation_id=segmentation_id,
        tags=body.tags,
    )


def _check_segment(
    body: NetworkDraft, network_type: str, physical_network: str | None, segmentation_id: int | None
) -> None:
    if body.network_type is UNSET and (physical_network or segmentation_id):
        raise InvalidInput("provider:network_type required.")
    if network_type == "geneve" and physical_network:
        raise InvalidInput("provider:physical_network specified for geneve network.")
    if network_type != "geneve" and not physical_network:
        raise InvalidInput(f"provider:physical_network required for {network_type} network.")
    if network_type == "flat" and segmentation_id:
        raise InvalidInput("provider:segmentation_id specified for flat network.")
    check_segmentation_id(network_type, segmentation_id)


def check_segmentation_id(network_type: str, segmentation_id: int | None) -> None:
    largest = LARGEST_VLAN if network_type == "vlan" else LARGEST_TUNNEL_ID
    if segmentation_id is not None and not 1 <= segmentation_id <= largest:
        raise InvalidInput(f"provider:segmentation_id out of range (1 through {largest}).")


def _choose_mtu(said: Any, network_type: str) -> int:
    """The MTU asked for, 0 or nothing meaning the largest that fits."""
    largest = largest_mtu(network_type)
    wanted = 0 if said is UNSET else int(said)
    if wanted == 0:
        return largest
    if not SMALLEST_MTU <= wanted <= largest:
        raise InvalidInput(f"Requested mtu {wanted} is not possible, it lies between {SMALLEST_MTU} and {largest}.")
    return wanted


def change_network(network: Network, changes: NetworkChanges) -> Network:
    """The network as it will be."""
    said = {
        name: value
        for name in ("name", "description", "admin_state_up", "shared", "external", "port_security_enabled")
        if (value := getattr(changes, name)) is not UNSET
    }
    if changes.mtu is not UNSET:
        said["mtu"] = _choose_mtu(changes.mtu, network.network_type)
    if changes.segmentation_id is not UNSET:
        said["segmentation_id"] = _change_segmentation_id(network, int(changes.segmentation_id))
    return msgspec.structs.replace(network, **said)


def _change_segmentation_id(network: Network, segmentation_id: int) -> int:
    if segmentation_id != network.segmentation_id and network.network_type != "vlan":
        raise InvalidInput("provider:segmentation_id can be changed on a vlan network only.")
    check_segmentation_id(network.network_type, segmentation_id)
    return segmentation_id
