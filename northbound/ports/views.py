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
    views = plain_views(await fetch_together(conn, *select_plain(port_ids)))
    others = [view.port.id for view in views if not is_plain(view.port)]
    if not others:
        return views
    return [view for view in views if is_plain(view.port)] + await _read_any(conn, others)


def select_plain(port_ids: Sequence[str]) -> list[Select]:
    """The statements whose rows `plain_views` takes."""
    ids = list(port_ids)
    return [select_named(SQL.select_plain, ids), select_named(SQL.select_plain_subnets, ids)]


def plain_views(found: Sequence[Sequence[Mapping[str, Any]]]) -> list[PortView]:
    """Views that are whole if `is_plain` says so of their port. Of its subnets only what they are is known, not what their
    DHCP options say."""
    rows, subnet_rows = found
    known = {row["id"]: SubnetView(subnets.subnet_of(row), 0, None) for row in subnet_rows}
    return [_view(store.port_of(row), row, known) for row in rows]


def is_plain(port: Port) -> bool:
    """Whether its plan reads nothing beyond `select_plain`: it is no subport, follows no policy, and its subnets' DHCP
    options are its own."""
    return port.device_owner != SUBPORT_OWNER and port.effective_qos_policy_id is None and not port.extra_dhcp_opts


async def _read_any(conn: Connection, ids: Sequence[str]) -> list[PortView]:
    rows, surroundings, subnet_rows, beside_subnets = await fetch_together(
        conn,
        store.select_ports(ids),
        select_named(SQL.select_surroundings, ids),
        subnets.select_of_ports(ids),
        select_surroundings_of_ports(ids),
    )
    beside = {row["id"]: row for row in surroundings}
    beside_subnet = {row["id"]: row for row in beside_subnets}
    by_id = {row["id"]: view_of(row, beside_subnet[row["id"]]) for row in subnet_rows}
    views = [_view(store.port_of(row), beside[row["id"]], by_id) for row in rows]
    subports = [view.port.id for view in views if view.port.device_owner == SUBPORT_OWNER]
    parents = await read_parents(conn, subports) if subports else {}
    followed = {view.port.effective_qos_policy_id for view in views} - {None}
    rules = await read_rules(conn, followed) if followed else {}
    return [
        msgspec.structs.replace(
            view, parent=parents.get(view.port.id), qos=rules.get(view.port.effective_qos_policy_id, ())
        )
        for view in views
    ]


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


def _subnet_ids(port: Port) -> list[str]:
    return list(dict.fromkeys(fixed.subnet_id for fixed in port.fixed_ips))
