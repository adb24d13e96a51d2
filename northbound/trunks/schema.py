"""The bodies of the trunks API, and how a trunk is shown."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from northbound.networks.network import InvalidInput
from northbound.nouns.noun import standard
from northbound.projects import Owned
from northbound.trunks.trunk import Trunk, WantedSubPort
from runtime.attributes import Body, Description, Name, Tag, Uuid

MOST_SUBPORTS = 512
"""In one request, and more than enough for one card."""

Vlan = Annotated[int, Meta(ge=1, le=4094)] | Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")]


class SubPortBody(Body):
    port_id: Uuid
    segmentation_type: Literal["vlan", "inherit"] | UnsetType = UNSET
    segmentation_id: Vlan | UnsetType = UNSET


SubPorts = Annotated[list[SubPortBody], Meta(max_length=MOST_SUBPORTS)]


class TrunkDraft(Owned, kw_only=True):
    port_id: Uuid
    name: Name = ""
    description: Description = ""
    admin_state_up: bool = True
    sub_ports: SubPorts | None = None
    tags: Annotated[list[Tag], Meta(max_length=50)] = []


class CreateTrunk(Body):
    trunk: TrunkDraft | UnsetType = UNSET
    trunks: list[TrunkDraft] | UnsetType = UNSET


class TrunkChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET


class UpdateTrunk(Body):
    trunk: TrunkChanges


class AddSubPorts(Body):
    sub_ports: SubPorts


class GoneSubPort(Body):
    """Clients send subports back as they are shown; only the port counts."""

    port_id: Uuid
    segmentation_type: str | UnsetType = UNSET
    segmentation_id: int | str | UnsetType = UNSET


class RemoveSubPorts(Body):
    sub_ports: Annotated[list[GoneSubPort], Meta(max_length=MOST_SUBPORTS)]


def draft_trunk(body: TrunkDraft, project_id: str) -> Trunk:
    """Raises InvalidInput."""
    return Trunk(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        admin_state_up=body.admin_state_up,
        port_id=str(body.port_id),
        wanted=wanted_subports(body.sub_ports or []),
        tags=body.tags,
    )


def wanted_subports(bodies: Sequence[SubPortBody]) -> list[WantedSubPort]:
    """Raises InvalidInput for missing or repeated ports and tags."""
    wanted = [WantedSubPort(str(body.port_id), _segment(body)) for body in bodies]
    tags = [subport.segmentation_id for subport in wanted if subport.segmentation_id is not None]
    if len({subport.port_id for subport in wanted}) != len(wanted):
        raise InvalidInput("sub_ports holds a port twice.")
    if len(set(tags)) != len(tags):
        raise InvalidInput("sub_ports holds a segmentation_id twice.")
    return wanted


def _segment(body: SubPortBody) -> int | None:
    if body.segmentation_type == "inherit":
        return None
    if UNSET in (body.segmentation_type, body.segmentation_id):
        raise InvalidInput(f"sub_ports: port {body.port_id} needs segmentation_type and segmentation_id.")
    tag = int(body.segmentation_id)
    if not 1 <= tag <= 4094:
        raise InvalidInput(f"sub_ports: segmentation_id {tag} is not between 1 and 4094.")
    return tag


def render_trunk(trunk: Trunk) -> dict[str, Any]:
    shown = ("name", "description", "admin_state_up", "port_id", "status", "sub_ports", "tags")
    return standard(trunk, *shown)
