"""Reads ports with what the plan of their switch port needs beside them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from northbound.ports import store
from northbound.ports.plan import PortView, VirtualAddress
from northbound.ports.port import Port
from northbound.qos_rules.store import read_rules
from northbound.subnets import store as subnets
from northbound.subnets.views import select_surroundings_of_ports, view_of
from northbound.trunks.membership import read_parents
from northbound.trunks.trunk import SUBPORT_OWNER
from runtime.database import Connection, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_port_views(conn: Connection, port_ids: Sequence[str]) -> list[PortView]:
    """Those of the ids that exist, in no order."""
    ids = list(port_ids)
    rows, surroundings, subnet_rows, beside_subnets = await fetch_together(
        conn,
        store.select_ports(ids),
        select_named(SQL.select_surroundings, ids),
        subnets.select_of_ports(ids),
        select_surroundings_of_ports(ids),
    )
    ports = [store.port_of(row) for row in rows]
    beside = {row["id"]: row for row in surroundings}
    beside_subnet = {row["id"]: row for row in beside_subnets}
    by_id = {row["id"]: view_of(row, beside_subnet[row["id"]]) for row in subnet_rows}
    subports = [port.id for port in ports if port.device_owner == SUBPORT_OWNER]
    parents = await read_parents(conn, subports) if subports else {}
    followed = {port.effective_qos_policy_id for port in ports} - {None}
    rules = await read_rules(conn, followed) if followed else {}
    return [
        PortView(
            port,
            beside[port.id]["mtu"],
            [by_id[name] for name in _subnet_ids(port)],
            holds_vip=beside[port.id]["holds_vip"],
            parent=parents.get(port.id),
            destinations=beside[port.id]["destinations"],
            virtual=msgspec.convert(beside[port.id]["virtual"], VirtualAddress | None),
            floating_ips=beside[port.id]["floating_ips"],
            qos=rules.get(port.effective_qos_policy_id, ()),
        )
        for port in ports
    ]


def _subnet_ids(port: Port) -> list[str]:
    return list(dict.fromkeys(fixed.subnet_id for fixed in port.fixed_ips))
