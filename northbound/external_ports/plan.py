"""A network's external ports -> the group of chassis that answer DHCP, metadata and neighbours for them. Pure.

All external ports of a network share one group, whose first living chassis answers. Where a router leads out of the
network, they are those of its gateway, in the same order: traffic to the outside would be lost otherwise.
Source: ovn-mapping section 6.4.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec import Struct

from northbound.routers.gateways import MOST_CHASSIS, place_of, serving
from northbound.routers.router import Router
from southbound import external_ids, names
from southbound.chassis import Chassis
from southbound.ovsdb.rows import Row

HIGHEST_PRIORITY = 32767


class ExternalPorts(Struct, frozen=True, kw_only=True):
    """A network with external ports, the routers that it is connected to, and all chassis. `id` is the network's."""

    id: str
    availability_zone_hints: list[str] = []
    physical_networks: list[str] = []
    routers: Sequence[Router] = ()
    chassis: Sequence[Chassis] = ()


def plan_external_ports(ports: ExternalPorts) -> list[Row]:
    group = names.external_group_uuid(ports.id)
    return [
        Row(
            "HA_Chassis_Group",
            owner=names.external_ports_owner(ports.id),
            uuid=group,
            columns={
                "name": names.external_group_name(ports.id),
                "external_ids": {
                    external_ids.AVAILABILITY_ZONE_HINTS: ",".join(ports.availability_zone_hints),
                    external_ids.NETWORK_ID: ports.id,
                },
            },
        ),
        *(
            Row(
                "HA_Chassis",
                owner=names.external_ports_owner(ports.id),
                uuid=names.external_chassis_uuid(ports.id, name),
                inside=("HA_Chassis_Group", group, "ha_chassis"),
                columns={"chassis_name": name, "priority": HIGHEST_PRIORITY - place, "external_ids": {}},
            )
            for place, name in enumerate(choose_chassis(ports))
        ),
    ]


def choose_chassis(ports: ExternalPorts) -> list[str]:
    """Names of chassis, the first being the one that answers; empty when none fits."""
    for router in sorted(ports.routers, key=lambda router: router.id):
        if router.gateway is not None and (chosen := serving(place_of(router, router.gateway), ports.chassis)):
            return chosen
    return _by_themselves(ports)


def _by_themselves(ports: ExternalPorts) -> list[str]:
    """Gateway chassis that reach the network, in an order of its own."""
    zones, wires = frozenset(ports.availability_zone_hints), frozenset(ports.physical_networks)
    fitting: Iterable[str] = (
        chassis.name
        for chassis in ports.chassis
        if chassis.is_gateway
        and (not wires or wires & chassis.physical_networks)
        and (not zones or zones & chassis.availability_zones)
    )
    return sorted(fitting, key=lambda name: sha256(f"{ports.id}/{name}".encode()).digest())[:MOST_CHASSIS]
