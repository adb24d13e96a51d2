"""Hypervisors and gateways as OVN's southbound database shows them. Pure.

Each ovn-controller registers its host as a Chassis; the host's own configuration (bridge mappings, what it offers to
the cloud) comes with it in `other_config`. Source: ovn-sb(5), Chassis; ovn-controller(8), ovn-cms-options.
"""

from dataclasses import dataclass

from southbound.ovsdb.replica import Columns

TABLES = {
    "Chassis": ("name", "hostname", "other_config"),
    "Chassis_Private": ("name", "nb_cfg", "nb_cfg_timestamp"),
    "SB_Global": ("nb_cfg",),
}
GATEWAY_OPTION = "enable-chassis-as-gw"
ZONES_OPTION = "availability-zones="


@dataclass(frozen=True, slots=True)
class Chassis:
    """`name` is the chassis' system-id; `physical_networks` are those its bridge mappings name. `is_alive`: it keeps up with
    the configuration, as far as is known."""

    name: str
    hostname: str
    physical_networks: frozenset[str]
    availability_zones: frozenset[str]
    is_gateway: bool
    is_alive: bool = True


@dataclass(frozen=True, slots=True)
class Agent:
    """The ovn-controller of a chassis. `nb_cfg` is the configuration that it reached; `bridge_mappings` has a bridge
    for each physical network."""

    chassis: Chassis
    bridge_mappings: dict[str, str]
    nb_cfg: int


def parse_agent(chassis: Columns, private: Columns | None) -> Agent:
    """An Agent from the rows of its chassis; without the private one it has reached nothing."""
    mappings = [entry.partition(":") for entry in chassis["other_config"].get("ovn-bridge-mappings", "").split(",")]
    return Agent(
        parse_chassis(chassis),
        {network: bridge for network, _, bridge in mappings if network and bridge},
        private["nb_cfg"] if private is not None else 0,
    )


def parse_chassis(row: Columns) -> Chassis:
    """A Chassis from its row. Entries that cannot be read are left out, as ovn-controller does."""
    config = row["other_config"]
    mappings = [entry.partition(":") for entry in config.get("ovn-bridge-mappings", "").split(",")]
    options = config.get("ovn-cms-options", "").split(",")
    zones = [option.removeprefix(ZONES_OPTION).split(":") for option in options if option.startswith(ZONES_OPTION)]
    return Chassis(
        row["name"],
        row["hostname"],
        physical_networks=frozenset(network for network, _, bridge in mappings if network and bridge),
        availability_zones=frozenset(zone for group in zones for zone in group if zone),
        is_gateway=GATEWAY_OPTION in options,
    )
