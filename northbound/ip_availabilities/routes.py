"""The network IP availabilities API: for administrators, all of it read."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web
from multidict import MultiDict

from identity.policy import ADMIN, Rule, authorize
from northbound.envelope import reply_one, reply_page
from northbound.ip_availabilities import store
from northbound.ip_availabilities.store import NetworkAvailability, SubnetAvailability
from northbound.networks.network import NetworkNotFound
from runtime.errors import BadRequest
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid

RULES = [Rule("network:get_network_ip_availability", ADMIN, "See how many addresses of networks are used.")]
VERSION = "ip_version"


async def list_network_ip_availabilities(request: web.Request) -> web.Response:
    authorize(request, {})
    page, where = parse_page(request.query, store.LISTING, ignore=frozenset({VERSION})), Where()
    versions = _versions(request.query)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_availabilities(conn, page, where)
    return reply_page(request, "network_ip_availabilities", page, [_render(each, versions) for each in found])


async def show_network_ip_availability(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        found = await store.fetch_availability(conn, path_uuid(request, "network_id", NetworkNotFound))
    return reply_one(request, "network_ip_availability", _render(found, (4, 6)))


def _versions(query: MultiDict[str]) -> Sequence[int]:
    """The IP versions whose subnets are counted."""
    said = query.getall(VERSION, ["4", "6"])
    if any(version not in ("4", "6") for version in said):
        raise BadRequest("Invalid input for ip_version: expected 4 or 6.")
    return [int(version) for version in said]


def _render(network: NetworkAvailability, versions: Sequence[int]) -> dict[str, Any]:
    counted = [subnet for subnet in network.subnets if subnet.ip_version in versions]
    return {
        "id": network.id,
        "network_id": network.id,
        "network_name": network.name,
        "project_id": network.project_id,
        "tenant_id": network.project_id,
        "total_ips": _number(sum(subnet.total for subnet in counted)),
        "used_ips": sum(subnet.used for subnet in counted),
        "subnet_ip_availability": [_render_subnet(subnet) for subnet in counted],
    }


def _render_subnet(subnet: SubnetAvailability) -> dict[str, Any]:
    return {
        "subnet_id": subnet.id,
        "subnet_name": subnet.name,
        "ip_version": subnet.ip_version,
        "cidr": subnet.cidr,
        "total_ips": _number(subnet.total),
        "used_ips": subnet.used,
    }


def _number(number: int) -> msgspec.Raw:
    """As JSON; the encoder has no integers beyond 64 bits."""
    return msgspec.Raw(str(number).encode())
