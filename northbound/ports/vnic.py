"""What kind of card a port is, and how it is plugged. Pure. Source: ovn-mapping sections 6.1 and 16."""

import re
from collections.abc import Mapping
from typing import Any, Literal

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
EXTERNAL_VIF_DETAILS = {"port_filter": False, "connectivity": "l2"}


def is_external(vnic_type: str, profile: Mapping[str, Any]) -> bool:
    """Whether the card is not plugged into the integration bridge. One in switchdev mode is, by its representor."""
    return vnic_type in OTHER_VIF_TYPES and SWITCHDEV not in capabilities(profile)


def capabilities(profile: Mapping[str, Any]) -> list[str]:
    """The texts of `capabilities` in a binding's profile, which may hold anything."""
    said = profile.get("capabilities")
    return [entry for entry in said if isinstance(entry, str)] if isinstance(said, list) else []


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
