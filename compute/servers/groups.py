"""The security groups of a server, which are those of its ports."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from msgspec import structs

from compute.interfaces import store as interfaces
from compute.servers.access import fetch_server
from compute.servers.networking import find_group
from compute.servers.server import Server
from northbound.ports import store as ports
from northbound.security_group_rules.rule import Rule
from northbound.security_groups import store as security_groups
from northbound.security_groups.group import Group
from runtime.database import Connection
from runtime.errors import NotFound
from runtime.web.bodies import reply
from runtime.web.keys import DATABASE


async def add_group(conn: Connection, server: Server, name: str) -> None:
    """Puts every port of the server into the group. Raises SecurityGroupNotFound."""
    group_id = await find_group(conn, name, server.project_id, server.project_id)
    await _regroup(conn, server, lambda groups: list(dict.fromkeys([*groups, group_id])))


async def remove_group(conn: Connection, server: Server, name: str) -> None:
    """Takes every port of the server out of the group. Raises NotFound when none was in it."""
    group_id = await find_group(conn, name, server.project_id, server.project_id)
    changed = await _regroup(conn, server, lambda groups: [group for group in groups if group != group_id])
    if not changed:
        raise NotFound(f"Security group {group_id} not associated with the instance {server.id}")


async def _regroup(conn: Connection, server: Server, change: Callable[[list[str]], list[str]]) -> int:
    """How many ports of the server changed. Ports without port security are in no group and stay so."""
    changed = 0
    for card in await interfaces.select_of(conn, [server.id]):
        await ports.lock_port(conn, card.port_id)
        port = await ports.fetch_port(conn, card.port_id, None)
        groups = change(port.security_groups)
        if port.port_security_enabled and groups != port.security_groups:
            await ports.update_port(conn, port, structs.replace(port, security_groups=groups))
            changed += 1
    return changed


async def list_groups(request: web.Request) -> web.Response:
    async with request.app[DATABASE].snapshot() as conn:
        server = await fetch_server(request, conn)
        cards = await interfaces.select_of(conn, [server.id])
        own = await ports.read_ports(conn, [card.port_id for card in cards])
        ids = sorted({group for port in own for group in port.security_groups})
        groups = await security_groups.read_groups(conn, ids)
    return reply({"security_groups": [render_group(group) for group in groups]})


def render_group(group: Group) -> dict[str, Any]:
    """A group in Nova's words, which know rules for what comes in."""
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "tenant_id": group.project_id,
        "rules": [_rule(rule) for rule in group.rules if rule.direction == "ingress"],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "parent_group_id": rule.security_group_id,
        "ip_protocol": rule.protocol,
        "from_port": rule.port_range_min,
        "to_port": rule.port_range_max,
        "ip_range": {"cidr": rule.remote_ip_prefix} if rule.remote_ip_prefix else {},
        "group": {"tenant_id": rule.project_id, "name": rule.remote_group_id} if rule.remote_group_id else {},
    }
