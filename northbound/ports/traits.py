"""Attributes of a port that say what it is called, what its host may do for it, and which QoS policy it follows.

Nothing in OVN reads `hints`, `numa_affinity_policy` and `propagate_uplink_status`; they are kept for whoever plugs the
port.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, field

from runtime.attributes import Body, encode_scalar, restricted

NAMES = ("dns_name", "dns_domain", "propagate_uplink_status", "numa_affinity_policy", "hints", "qos_policy_id")


class InterfaceConfig(Body):
    tx_steering: Literal["hash", "thread"] = field(name="tx-steering")


class SwitchHints(Body):
    other_config: InterfaceConfig


class Hints(Body):
    """The one hint that Open vSwitch knows."""

    openvswitch: SwitchHints


WantedHints = Annotated[Hints, restricted("network:set_port:hints")]
NumaPolicy = Literal["required", "preferred", "legacy", "socket"]


def said_of(body: Body) -> dict[str, Any]:
    """The traits that the body carries, as a port has them."""
    said = {name: value for name in NAMES if (value := getattr(body, name)) is not UNSET}
    return {name: msgspec.to_builtins(value, enc_hook=encode_scalar) for name, value in said.items()}
