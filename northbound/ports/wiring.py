"""What a hypervisor needs to know of ports, read in one go: card, addresses, and the metadata port beside them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "wiring.sql")


class WiredAddress(Struct, frozen=True):
    """`cidr` is the subnet's, e.g. 10.50.0.0/16; `gateway` its gateway, None without one."""

    subnet_id: str
    ip: str
    cidr: str
    gateway: str | None
    dns_servers: list[str] = []


class Wiring(Struct, frozen=True):
    """A port as a guest's network card; `addresses` are in the tenant's order, `mtu` is the network's.

    `secured`: port security is on.
    """

    port_id: str
    network_id: str
    mac: str
    mtu: int
    admin_state_up: bool
    status: str
    addresses: list[WiredAddress]
    secured: bool = True


class MetadataWiring(Struct, frozen=True):
    """The metadata port of a network; `ips` carry the prefix length of their subnet, e.g. 10.50.0.2/16."""

    network_id: str
    port_id: str
    mac: str
    mtu: int
    ips: list[str]


async def read_wiring(conn: Connection, port_ids: Sequence[str]) -> list[Wiring]:
    """In the order of `port_ids`; those that do not exist are left out."""
    rows = [row async for row in SQL.read_wiring(conn, ids=list(port_ids))]
    found = {row["port_id"]: msgspec.convert(dict(row), Wiring) for row in rows}
    return [found[port_id] for port_id in port_ids if port_id in found]


async def read_metadata_wiring(conn: Connection, network_ids: Sequence[str]) -> list[MetadataWiring]:
    """One for each of the networks that exist, in no order."""
    rows = [row async for row in SQL.read_metadata_wiring(conn, ids=list(network_ids))]
    return [msgspec.convert(dict(row), MetadataWiring) for row in rows]
