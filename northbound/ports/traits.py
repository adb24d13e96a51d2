"""Attributes of a port that say what it is called and what its host may do for it.

They are written after the port's row rather than with it: most ports have none. Nothing in OVN reads `hints`,
`numa_affinity_policy` and `propagate_uplink_status`; they are kept for whoever plugs the port.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, field

from northbound.ports.port import Port, PortDraft
from runtime.attributes import Body, encode_scalar, restricted
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "traits.sql")

NAMES = ("dns_name", "dns_domain", "propagate_uplink_status", "numa_affinity_policy", "hints")


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


def traits_of(port: Port | PortDraft) -> tuple[Any, ...]:
    return tuple(getattr(port, name) for name in NAMES)


UNSAID = traits_of(PortDraft(network_id=""))


async def write(conn: Connection, port_id: str, port: Port | PortDraft) -> None:
    """Makes the row of `port_id` say what `port` says."""
    await SQL.update_traits(conn, id=port_id, **{name: getattr(port, name) for name in NAMES})
