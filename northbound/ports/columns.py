"""The columns of northbound.ports that are attributes of `Port`."""

from northbound.ports import traits

CHANGEABLE = (
    "name", "description", "mac_address", "admin_state_up", "device_id", "device_owner", "port_security_enabled",
    "allowed_address_pairs", "extra_dhcp_opts", "host", "vnic_type", "profile", "ip_allocation", *traits.NAMES,
)  # fmt: skip
"""Columns of a port that are attributes of `Port`: a new one is a word here and a line in `Port` (and `PortDraft`)."""
LASTING = ("id", "network_id", "project_id", "status", "tags")
