"""A segment as PostgreSQL holds it, and what can be wrong with one. Pure."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from runtime.errors import Conflict, NotFound

SegmentType = Literal["flat", "vlan", "geneve"]

LARGEST_TUNNEL_ID = 2**24 - 1
LARGEST_VLAN = 4094


class Segment(Struct, frozen=True, kw_only=True):
    """A geneve segment has no physical network; `segmentation_id` None is chosen when the segment is placed.

    `position` is its place among the segments of its network; `project_id` is the network's.
    """

    id: str
    network_type: str
    physical_network: str | None = None
    segmentation_id: int | None = None
    network_id: str = ""
    project_id: str = ""
    position: int = 0
    name: str | None = None
    description: str = ""
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class SegmentNotFound(NotFound):
    def __init__(self, segment_id: str) -> None:
        super().__init__(f"Segment {segment_id} could not be found.")


class SegmentInUse(Conflict):
    def __init__(self, segment_id: str, reason: str) -> None:
        super().__init__(f"Segment '{segment_id}' cannot be deleted: {reason}.")


class FlatNetworkInUse(Conflict):
    def __init__(self, physical_network: str | None) -> None:
        super().__init__(
            f"Unable to create the flat network. Physical network {physical_network} is in use (provider:physical_network)."
        )


class VlanIdInUse(Conflict):
    def __init__(self, physical_network: str | None, segmentation_id: int | None) -> None:
        super().__init__(
            f"Unable to create the network. The VLAN {segmentation_id} on physical network {physical_network}"
            " is in use (provider:segmentation_id)."
        )


class TunnelIdInUse(Conflict):
    def __init__(self, segmentation_id: int | None) -> None:
        super().__init__(
            f"Unable to create the network. The tunnel ID {segmentation_id} is in use (provider:segmentation_id)."
        )


class NoNetworkAvailable(Conflict):
    def __init__(self, physical_network: str | None) -> None:
        super().__init__(f"Unable to create the network. No VLAN is available on physical network {physical_network}.")
