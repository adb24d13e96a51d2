"""A trunk as PostgreSQL holds it, and what can be wrong with one, in Neutron's types and words."""

from datetime import datetime

from msgspec import Struct

from runtime.errors import Conflict, NotFound

SUBPORT_OWNER = "trunk:subport"
"""The device_owner of a port while it is a subport."""


class SubPort(Struct, frozen=True):
    """`segmentation_id` is the VLAN tag of the port's traffic on the parent."""

    port_id: str
    segmentation_type: str
    segmentation_id: int


class WantedSubPort(Struct, frozen=True):
    """`segmentation_id` None: that of the port's network, which must have one."""

    port_id: str
    segmentation_id: int | None


class Trunk(Struct, frozen=True, kw_only=True):
    """`status` is the parent's. `wanted` are the subports of a trunk that is asked for, `sub_ports` those it has."""

    id: str
    project_id: str
    name: str
    description: str
    admin_state_up: bool
    port_id: str
    status: str = "DOWN"
    sub_ports: list[SubPort] = []
    wanted: list[WantedSubPort] = []
    tags: list[str] = []
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class TrunkNotFound(NotFound):
    def __init__(self, trunk_id: str) -> None:
        super().__init__(f"Trunk {trunk_id} could not be found.")


class SubPortNotFound(NotFound):
    def __init__(self, trunk_id: str, port_id: str) -> None:
        super().__init__(f"SubPort on trunk {trunk_id} with parent port {port_id} could not be found (sub_ports).")


class TrunkDisabled(Conflict):
    def __init__(self, trunk_id: str) -> None:
        super().__init__(f"Trunk {trunk_id} is currently disabled: set admin_state_up first.")


class TrunkPortInUse(Conflict):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is in use by another trunk (port_id).")


class ParentPortInUse(Conflict):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is currently in use and is not eligible for use as a parent port (port_id).")


class PortInUse(Conflict):
    def __init__(self, port_id: str, network_id: str, device_id: str) -> None:
        super().__init__(
            f"Unable to complete operation on port {port_id} for network {network_id}. Port already has an attached"
            f" device {device_id} (sub_ports)."
        )


class DuplicateSubPort(Conflict):
    def __init__(self, trunk_id: str, segmentation_id: int) -> None:
        super().__init__(
            f"segmentation_type vlan and segmentation_id {segmentation_id} already in use on trunk {trunk_id} (sub_ports)."
        )


class SubPortMtuGreaterThanTrunkPortMtu(Conflict):
    def __init__(self, port_id: str, mtu: int, trunk_id: str, trunk_mtu: int) -> None:
        super().__init__(
            f"MTU {mtu} of subport {port_id} cannot be greater than MTU {trunk_mtu} of trunk {trunk_id} (sub_ports)."
        )


class PortInUseAsTrunkParent(Conflict):
    def __init__(self, port_id: str, trunk_id: str) -> None:
        super().__init__(f"Port {port_id} is currently a parent port for trunk {trunk_id}.")


class PortInUseAsSubPort(Conflict):
    def __init__(self, port_id: str, trunk_id: str) -> None:
        super().__init__(f"Port {port_id} is currently a subport for trunk {trunk_id}.")
