"""Hosts as the wire shows them: as a hypervisor and as a service, by microversion."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from aiohttp import web

from compute.hosts.store import is_up
from compute.versions.microversions import at_least

UUIDS_SINCE = 53
USAGE_GONE_SINCE = 88


def identifier(request: web.Request, host: asyncpg.Record) -> str | int:
    """A uuid since 2.53; before, a number, which is the first 31 bits of it."""
    return host["id"] if at_least(request, UUIDS_SINCE) else int(host["id"][:8], 16) >> 1


def render_brief(request: web.Request, host: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": identifier(request, host),
        "hypervisor_hostname": host["hypervisor_hostname"],
        "state": "up" if is_up(host) else "down",
        "status": "enabled" if host["enabled"] else "disabled",
    }


def render_hypervisor(
    request: web.Request, host: asyncpg.Record, servers: Sequence[asyncpg.Record] | None = None
) -> dict[str, Any]:
    shown = render_brief(request, host) | {
        "hypervisor_type": host["hypervisor_type"],
        "hypervisor_version": host["hypervisor_version"],
        "host_ip": None,
        "service": {
            "id": identifier(request, host),
            "host": host["name"],
            "disabled_reason": host["disabled_reason"],
        },
    }
    if servers is not None:
        shown["servers"] = [{"uuid": server["id"], "name": server["name"]} for server in servers]
    if at_least(request, USAGE_GONE_SINCE):
        return shown | {"uptime": None, "servers": shown.get("servers", [])}
    return shown | _usage(request, host)


def _usage(request: web.Request, host: asyncpg.Record) -> dict[str, Any]:
    cpu = {"arch": host["architecture"]}
    return {
        "vcpus": host["vcpus"],
        "vcpus_used": host["vcpus_used"],
        "memory_mb": host["ram_mb"],
        "memory_mb_used": host["ram_used_mb"],
        "free_ram_mb": host["ram_mb"] - host["ram_used_mb"],
        "local_gb": host["disk_gb"],
        "local_gb_used": host["disk_used_gb"],
        "free_disk_gb": host["disk_gb"] - host["disk_used_gb"],
        "disk_available_least": host["disk_gb"] - host["disk_used_gb"],
        "running_vms": host["servers"],
        "current_workload": 0,
        "cpu_info": cpu if at_least(request, 28) else f'{{"arch": "{host["architecture"]}"}}',
    }


def render_service(request: web.Request, host: asyncpg.Record) -> dict[str, Any]:
    shown = {
        "id": identifier(request, host),
        "binary": "nova-compute",
        "host": host["name"],
        "zone": host["availability_zone"],
        "status": "enabled" if host["enabled"] else "disabled",
        "state": "up" if is_up(host) else "down",
        "disabled_reason": host["disabled_reason"],
        "updated_at": host["reported_at"].strftime("%Y-%m-%dT%H:%M:%S.%f"),
    }
    if at_least(request, 11):
        shown["forced_down"] = False
    return shown
