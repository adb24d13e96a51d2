"""The bodies of the bindings API, and how a binding is shown."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from northbound.port_bindings.binding import ACTIVE, INACTIVE, Binding
from northbound.ports.vnic import VnicType, vif_details, vif_type
from runtime.attributes import Body

Host = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_.-]+\Z")]
Profile = Annotated[dict[str, Any], Meta(max_length=32)]


class BindingDraft(Body):
    host: Host
    vnic_type: VnicType = "normal"
    profile: Profile | None = None


class CreateBinding(Body):
    binding: BindingDraft


class BindingChanges(Body):
    """`host` is that of the path; clients say it again."""

    host: Host | UnsetType = UNSET
    vnic_type: VnicType | UnsetType = UNSET
    profile: Profile | None | UnsetType = UNSET


class UpdateBinding(Body):
    binding: BindingChanges


def render_binding(binding: Binding) -> dict[str, Any]:
    there = binding.host if binding.is_ready else ""
    return {
        "host": binding.host,
        "status": ACTIVE if binding.is_active else INACTIVE,
        "vnic_type": binding.vnic_type,
        "profile": binding.profile,
        "vif_type": vif_type(binding.vnic_type, binding.profile, there),
        "vif_details": vif_details(binding.vnic_type, binding.profile, there),
    }
