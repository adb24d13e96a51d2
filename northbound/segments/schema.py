"""The bodies of the segments API, and how a segment is shown."""

from typing import Any

from msgspec import UNSET, UnsetType

from northbound.envelope import time_text
from northbound.networks.schema import PhysicalNetwork, SegmentationId
from northbound.networks.segment import Segment, SegmentType
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name, Uuid


class SegmentDraft(Owned, kw_only=True):
    network_id: Uuid
    network_type: SegmentType
    physical_network: PhysicalNetwork | None | UnsetType = UNSET
    segmentation_id: SegmentationId | None | UnsetType = UNSET
    name: Name | None = None
    description: Description | None = None


class CreateSegment(Body):
    segment: SegmentDraft | UnsetType = UNSET
    segments: list[SegmentDraft] | UnsetType = UNSET


class SegmentChanges(Body):
    name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET


class UpdateSegment(Body):
    segment: SegmentChanges


def render_segment(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "network_id": segment.network_id,
        "network_type": segment.network_type,
        "physical_network": segment.physical_network,
        "segmentation_id": segment.segmentation_id,
        "name": segment.name,
        "description": segment.description,
        "revision_number": segment.revision_number,
        "created_at": time_text(segment.created_at),
        "updated_at": time_text(segment.updated_at),
    }
