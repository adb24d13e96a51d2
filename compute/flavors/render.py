"""Flavors as the wire shows them, by microversion."""

from typing import Any

import asyncpg
from aiohttp import web

from compute.links import links_of
from compute.versions.microversions import at_least


def render_flavor(request: web.Request, flavor: asyncpg.Record) -> dict[str, Any]:
    shown = {
        "id": flavor["id"],
        "name": flavor["name"],
        "ram": flavor["ram_mb"],
        "disk": flavor["disk_gb"],
        "vcpus": flavor["vcpus"],
        "swap": flavor["swap_mb"] or (0 if at_least(request, 75) else ""),
        "OS-FLV-EXT-DATA:ephemeral": flavor["ephemeral_gb"],
        "OS-FLV-DISABLED:disabled": False,
        "os-flavor-access:is_public": flavor["is_public"],
        "rxtx_factor": flavor["rxtx_factor"],
        "links": links_of(request, "flavors", flavor["id"]),
    }
    if at_least(request, 55):
        shown["description"] = flavor["description"]
    if at_least(request, 61):
        shown["extra_specs"] = flavor["extra_specs"]
    return shown


def render_brief(request: web.Request, flavor: asyncpg.Record) -> dict[str, Any]:
    shown = {"id": flavor["id"], "name": flavor["name"], "links": links_of(request, "flavors", flavor["id"])}
    if at_least(request, 55):
        shown["description"] = flavor["description"]
    return shown
