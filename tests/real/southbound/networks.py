"""A small desired state for the client's tests: switches, ports, groups, and sessions that watch them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from uuid import NAMESPACE_URL, uuid5

from southbound import names
from southbound.ovsdb.rows import Row, row_uuid
from southbound.ovsdb.session import Session, SessionSettings

TABLES = {
    "NB_Global": ("external_ids", "nb_cfg"),
    "Logical_Switch": ("name", "ports", "other_config", "external_ids"),
    "Logical_Switch_Port": (
        *("name", "type", "addresses", "options", "enabled", "up", "tag_request", "dhcpv4_options", "external_ids"),
    ),
    "Port_Group": ("name", "ports", "acls", "external_ids"),
    "ACL": ("priority", "direction", "match", "action", "external_ids"),
    "DHCP_Options": ("cidr", "options", "external_ids"),
}


def an_id(name: str) -> str:
    """A stable API id, readable in the test that uses it."""
    return str(uuid5(NAMESPACE_URL, name))


def a_switch(network: str, **columns: object) -> Row:
    network_id = an_id(network)
    return Row(
        "Logical_Switch",
        owner=names.network_owner(network_id),
        uuid=names.switch_uuid(network_id),
        columns={
            "name": names.switch_name(network_id),
            "other_config": {"mcast_snoop": "false"},
            "external_ids": {"neutron:network_name": network},
            **columns,
        },
    )


def a_port(port: str, network: str, groups: Iterable[str] = (), **columns: object) -> Row:
    port_id = an_id(port)
    return Row(
        "Logical_Switch_Port",
        owner=names.port_owner(port_id),
        uuid=names.switch_port_uuid(port_id),
        columns={
            "name": names.switch_port_name(port_id),
            "addresses": ["fa:16:3e:00:00:01 10.0.0.5"],
            "enabled": True,
            "external_ids": {"neutron:port_name": port},
            **columns,
        },
        inside=("Logical_Switch", names.switch_uuid(an_id(network)), "ports"),
        members=tuple(("Port_Group", names.port_group_uuid(an_id(group)), "ports") for group in groups),
    )


def a_group(group: str, matches: Iterable[str] = ("ip4",)) -> list[Row]:
    group_id = an_id(group)
    owner, uuid = names.security_group_owner(group_id), names.port_group_uuid(group_id)
    acls = [
        Row(
            "ACL",
            owner=owner,
            uuid=row_uuid(owner, match),
            columns={"priority": 1002, "direction": "to-lport", "match": match, "action": "allow-related"},
            inside=("Port_Group", uuid, "acls"),
        )
        for match in matches
    ]
    return [Row("Port_Group", owner=owner, uuid=uuid, columns={"name": names.port_group_name(group_id)}), *acls]


def by_owner(*rows: Row) -> dict[str, list[Row]]:
    wanted: dict[str, list[Row]] = {}
    for row in rows:
        wanted.setdefault(row.owner, []).append(row)
    return wanted


def emptied(wanted: Mapping[str, object]) -> dict[str, list[Row]]:
    """The same owners, all gone."""
    return {owner: [] for owner in wanted}


@asynccontextmanager
async def open_session(remotes: str, **settings: object) -> AsyncIterator[Session]:
    """A running session with a complete replica."""
    session = Session(SessionSettings(remotes, **settings), "OVN_Northbound", TABLES)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(session.run())
        async with asyncio.timeout(20):
            await session.wait_complete()
        yield session
        running.cancel()
