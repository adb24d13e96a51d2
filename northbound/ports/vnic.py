"""What kind of card a port is, and how it is plugged. Pure. Source: ovn-mapping sections 6.1 and 16."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from northbound.networks.network import InvalidInput

VnicType = Literal["normal", "direct", "direct-physical", "macvtap", "baremetal", "virtio-forwarder", "vdpa"]

OTHER_VIF_TYPES = {
    "direct": "hw_veb",
    "direct-physical": "hostdev_physical",
    "macvtap": "hw_veb",
    "baremetal": "other",
}
"""Cards that bypass the integration bridge: another chassis answers DHCP, metadata and neighbours for them."""
SWITCHDEV = "switchdev"
MIGRATING_TO = "migrating_to"
HOST = re.compile(r"[A-Za-z0-9_.-]{1,255}")

VIF_DETAILS = {
    "port_filter": True,
    "connectivity": "l2",
    "bridge_name": "br-int",
    "datapath_type": "system",
    "ovs_hybrid_plug": False,
    "bound_drivers": {"0": "ovn"},
}
LONGEST_PROFILE = 4095
EXTERNAL_VIF_DETAILS = {"port_filter": False, "connectivity": "l2"}


def is_external(vnic_type: str, profile: Mapping[str, Any]) -> bool:
    """Whether the card is not plugged into the integration bridge. One in switchdev mode is, by its representor."""
    return vnic_type in OTHER_VIF_TYPES and SWITCHDEV not in capabilities(profile)


def capabilities(profile: Mapping[str, Any]) -> list[str]:
    """The texts of `capabilities` in a binding's profile, which may hold anything."""
    said = profile.get("capabilities")
    return [entry for entry in said if isinstance(entry, str)] if isinstance(said, list) else []


def read_profile(said: Mapping[str, Any] | None) -> dict[str, Any]:
    """A binding's profile as it is kept; raises InvalidInput for one that is too large."""
    if said and len(msgspec.json.encode(said)) > LONGEST_PROFILE:
        raise InvalidInput(f"binding:profile value too large: at most {LONGEST_PROFILE} bytes of JSON.")
    return dict(said or {})


def is_host(text: str) -> bool:
    """Whether the text may name a host in OVN's lists of them."""
    return bool(HOST.fullmatch(text))


def vif_type(vnic_type: str, profile: Mapping[str, Any], host: str) -> str:
    if not host:
        return "unbound"
    return OTHER_VIF_TYPES[vnic_type] if is_external(vnic_type, profile) else "ovs"


def vif_details(vnic_type: str, profile: Mapping[str, Any], host: str) -> Mapping[str, Any]:
    if not host:
        return {}
    return EXTERNAL_VIF_DETAILS if is_external(vnic_type, profile) else VIF_DETAILS
