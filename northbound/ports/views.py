"""Reads ports with what the plan of their switch port needs beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from northbound.ports import store
from northbound.ports.plan import PortView, VirtualAddress
from northbound.ports.port import Port
from northbound.qos_rules.store import read_rules
from northbound.subnets import store as subnets
from northbound.subnets.plan import SubnetView
from northbound.subnets.views import select_surroundings_of_ports, view_of
from northbound.trunks.membership import read_parents
from northbound.trunks.trunk import SUBPORT_OWNER
from runtime.database import Connection, Select, fetch_together, queries, select_named

SQL = queries(Path(__file__).parent / "queries.sql")


async def read_port_views(conn: Connection, port_ids: Sequence[str]) -> list[PortView]:
    """Those of the ids that exist, in no order."""
    views = plain_views(await fetch_together(conn, *select_views(port_ids)))
    subports = [view.port.id for view in views if view.port.device_owner == SUBPORT_OWNER]
    parents = await read_parents(conn, subports) if subports else {}
    followed = {view.port.effective_qos_policy_id for view in views} - {None}
    rules = await read_rules(conn, followed) if followed else {}
    if not parents and not rules:
        return views
    return [
        msgspec.structs.replace(
            view, parent=parents.get(view.port.id), qos=rules.get(view.port.effective_qos_policy_id, ())
        )
        for view in views
    ]


def select_views(port_ids: Sequence[str]) -> list[Select]:
    """The statements whose rows `plain_views` takes."""
    ids = list(port_ids)
    return [
        store.select_ports(ids),
        select_named(SQL.select_surroundings, ids),
        subnets.select_of_ports(ids),
        select_surroundings_of_ports(ids),
    ]


def plain_views(found: Sequence[Sequence[Mapping[str, Any]]]) -> list[PortView]:
    """Views of ports as far as `select_views` goes: without the parents of subports, and QoS rules (see `is_plain`)."""
    rows, surroundings, subnet_rows, beside_subnets = found
    beside = {row["id"]: row for row in surroundings}
    beside_subnet = {row["id"]: row for row in beside_subnets}
    by_id = {row["id"]: view_of(row, beside_subnet[row["id"]]) for row in subnet_rows}
    return [_view(store.port_of(row), beside[row["id"]], by_id) for row in rows]


def _view(port: Port, beside: Mapping[str, Any], subnet_views: Mapping[str, SubnetView]) -> PortView:
    virtual = beside["virtual"]
    return PortView(
        port,
        beside["mtu"],
        [subnet_views[name] for name in _subnet_ids(port)],
        holds_vip=beside["holds_vip"],
        destinations=beside["destinations"],
        virtual=None if virtual is None else msgspec.convert(virtual, VirtualAddress),
        floating_ips=beside["floating_ips"],
    )


def is_plain(port: Port) -> bool:
    """Whether `plain_views` knows everything of it: it is no subport and follows no policy."""
    return port.device_owner != SUBPORT_OWNER and port.effective_qos_policy_id is None


def _subnet_ids(port: Port) -> list[str]:
    return list(dict.fromkeys(fixed.subnet_id for fixed in port.fixed_ips))
