"""Reads ports with what the plan of their switch port needs beside them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.ports import store
from northbound.ports.plan import PortView, VirtualAddress
from northbound.ports.port import Port
from northbound.subnets.views import read_subnet_views
from northbound.trunks.membership import read_parents
from northbound.trunks.trunk import SUBPORT_OWNER
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_port_views(conn: Connection, port_ids: Sequence[str]) -> list[PortView]:
    """Those of the ids that exist, in no order."""
    ports = await store.read_ports(conn, port_ids)
    subnet_ids = {fixed.subnet_id for port in ports for fixed in port.fixed_ips}
    by_id = {view.id: view for view in await read_subnet_views(conn, sorted(subnet_ids))}
    beside = {row["id"]: row async for row in SQL.select_surroundings(conn, ids=[port.id for port in ports])}
    parents = await read_parents(conn, [port.id for port in ports if port.device_owner == SUBPORT_OWNER])
    return [
        PortView(
            port,
            beside[port.id]["mtu"],
            [by_id[name] for name in _subnet_ids(port)],
            holds_vip=beside[port.id]["holds_vip"],
            parent=parents.get(port.id),
            destinations=beside[port.id]["destinations"],
            virtual=msgspec.convert(beside[port.id]["virtual"], VirtualAddress | None),
        )
        for port in ports
    ]


def _subnet_ids(port: Port) -> list[str]:
    return list(dict.fromkeys(fixed.subnet_id for fixed in port.fixed_ips))
