"""/os-hypervisors, /os-services, /os-availability-zone and /os-aggregates: views of the same hosts."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from aiohttp import web
from msgspec import UNSET

from compute.hosts import store
from compute.hosts.render import render_brief, render_hypervisor, render_service
from compute.links import next_page
from compute.versions.microversions import at_least, require
from identity.policy import authorize
from runtime.errors import BadRequest
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Page, parse_page
from runtime.web.routes import path_uuid

HYPERVISOR_WORDS = frozenset({"hypervisor_hostname_pattern", "with_servers"})
SERVICE_WORDS = frozenset({"binary"})


async def list_hypervisors(request: web.Request) -> web.Response:
    page, hosts, _ = await _hypervisors(request)
    return _reply_page(request, page, hosts, [render_brief(request, host) for host in hosts])


async def list_hypervisor_details(request: web.Request) -> web.Response:
    page, hosts, servers = await _hypervisors(request)
    shown = [render_hypervisor(request, host, servers.get(host["name"])) for host in hosts]
    return _reply_page(request, page, hosts, shown)


async def _hypervisors(
    request: web.Request,
) -> tuple[Page, Sequence[asyncpg.Record], dict[str, list[asyncpg.Record]]]:
    """The page asked for, its hosts, and the servers of each where they were asked for."""
    authorize(request, {})
    page = parse_page(request.query, store.LISTING, ignore=HYPERVISOR_WORDS)
    part = request.query.get("hypervisor_hostname_pattern")
    with_servers = request.query.get("with_servers", "").lower() in ("true", "1")
    async with request.app[DATABASE].connection() as conn:
        hosts = await store.select(conn, page, name_part=part)
        servers = await store.servers_of(conn, [host["name"] for host in hosts]) if with_servers else {}
    return page, hosts, servers


def _reply_page(
    request: web.Request, page: Page, hosts: Sequence[asyncpg.Record], shown: Sequence[dict[str, Any]]
) -> web.Response:
    following = next_page(request, "hypervisors", page, [host["id"] for host in hosts]) if at_least(request, 33) else {}
    return reply({"hypervisors": list(shown)} | following)


async def show_hypervisor(request: web.Request) -> web.Response:
    host_id = path_uuid(request, "host_id", lambda text: store.HostNotFound(f"Hypervisor {text[:64]} not found."))
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        host = await store.fetch(conn, host_id)
        servers = await store.servers_of(conn, [host["name"]])
    return reply({"hypervisor": render_hypervisor(request, host, servers[host["name"]])})


async def list_services(request: web.Request) -> web.Response:
    authorize(request, {})
    page = parse_page(request.query, store.LISTING, ignore=SERVICE_WORDS)
    hosts: Sequence[asyncpg.Record] = []
    if request.query.get("binary", "nova-compute") == "nova-compute":
        async with request.app[DATABASE].connection() as conn:
            hosts = await store.select(conn, page)
    return reply({"services": [render_service(request, host) for host in hosts]})


async def update_service(request: web.Request) -> web.Response:
    require(request, 53)
    host_id = path_uuid(request, "host_id", lambda text: store.HostNotFound(f"Service {text[:64]} not found."))
    authorize(request, {})
    body = await read_body(request)
    if body.status is UNSET or (body.status == "enabled" and body.disabled_reason is not UNSET):
        raise BadRequest("Invalid input for status: expected enabled, or disabled with or without disabled_reason.")
    async with request.app[DATABASE].transaction() as conn:
        host = await store.set_enabled(conn, host_id, body.status == "enabled", body.disabled_reason or None)
    return reply({"service": render_service(request, host)})


async def list_zones(request: web.Request) -> web.Response:
    hosts = await _hosts(request)
    return reply({"availabilityZoneInfo": [_zone(name, members) for name, members in _by_zone(hosts).items()]})


async def list_zone_details(request: web.Request) -> web.Response:
    hosts = await _hosts(request)
    shown = []
    for name, members in _by_zone(hosts).items():
        services = {host["name"]: {"nova-compute": _service_state(host)} for host in members}
        shown.append(_zone(name, members) | {"hosts": services})
    return reply({"availabilityZoneInfo": shown})


async def _hosts(request: web.Request) -> Sequence[asyncpg.Record]:
    authorize(request, {})
    async with request.app[DATABASE].connection() as conn:
        return await store.select(conn, Page())


def _by_zone(hosts: Sequence[asyncpg.Record]) -> dict[str, list[asyncpg.Record]]:
    zones: dict[str, list[asyncpg.Record]] = {}
    for host in sorted(hosts, key=lambda host: (host["availability_zone"], host["name"])):
        zones.setdefault(host["availability_zone"], []).append(host)
    return zones


def _zone(name: str, members: Sequence[asyncpg.Record]) -> dict[str, Any]:
    """A zone is available while one of its hosts takes servers."""
    available = any(host["enabled"] and store.is_up(host) for host in members)
    return {"zoneName": name, "zoneState": {"available": available}, "hosts": None}


async def list_aggregates(request: web.Request) -> web.Response:
    """There are none. The official client asks which ones a hypervisor is in whenever it shows one."""
    authorize(request, {})
    return reply({"aggregates": []})


def _service_state(host: asyncpg.Record) -> dict[str, Any]:
    updated = host["reported_at"].strftime("%Y-%m-%dT%H:%M:%S.%f")
    return {"available": store.is_up(host), "active": host["enabled"], "updated_at": updated}
