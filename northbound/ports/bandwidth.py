"""What a port asks of a host's bandwidth: the input of placement, as Neutron words it. Pure."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from northbound.networks.network import Network
from northbound.ports.port import NETWORK_OWNER_PREFIX, Guarantee, Port, PortDraft
from northbound.qos_rules.qos_rule import MINIMUM_BANDWIDTH, QosRule

BANDWIDTH = "NET_BW_EGR_KILOBIT_PER_SEC"


def guarantee(rules: Sequence[QosRule], draft: PortDraft, network: Network) -> Guarantee | None:
    """What the rules guarantee to a new port, as `ports.store.GUARANTEE` reads it afterwards."""
    least = next((rule.min_kbps for rule in rules if rule.kind == MINIMUM_BANDWIDTH), None)
    if least is None or not network.physical_networks or draft.device_owner.startswith(NETWORK_OWNER_PREFIX):
        return None
    return Guarantee(least, network.physical_networks[0])


def resource_request(port: Port) -> dict[str, Any] | None:
    """None when nothing is guaranteed to the port. Source: Networking API v2.0, `resource_request` in groups."""
    if port.guarantee is None:
        return None
    group = str(uuid5(NAMESPACE_URL, f"meridian:port/{port.id}:minimum_bandwidth"))
    traits = [_trait("PHYSNET", port.guarantee.physical_network), _trait("VNIC_TYPE", port.vnic_type)]
    wanted = {"id": group, "required": traits, "resources": {BANDWIDTH: port.guarantee.min_kbps}}
    return {"request_groups": [wanted], "same_subtree": [group]}


def _trait(what: str, name: str) -> str:
    """A custom trait: upper-case letters, digits and underscores."""
    return f"CUSTOM_{what}_" + "".join(letter if letter.isalnum() else "_" for letter in name.upper())
