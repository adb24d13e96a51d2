"""/os-quota-sets and /limits: what a project may hold and holds, in Nova's words."""

from typing import Any

from aiohttp import web

from compute.quotas import store
from compute.quotas.defaults import (
    CORES,
    INSTANCES,
    KEY_PAIRS,
    METADATA_ITEMS,
    RAM_MB,
    UNLIMITED,
)
from compute.quotas.store import Holding, Quota
from compute.versions.microversions import at_least
from identity.callers import caller_of
from identity.policy import authorize
from runtime.errors import BadRequest
from runtime.web.bodies import read_body, reply
from runtime.web.keys import DATABASE

NETWORK_QUOTAS_GONE_SINCE = 36
FILE_QUOTAS_GONE_SINCE = 57
NO_SERVER_GROUPS = 0
NOTHING_USED = Quota(Holding(INSTANCES, CORES, RAM_MB), Holding(0, 0, 0))


async def show_quota(request: web.Request) -> web.Response:
    project_id, quota = await _fetch(request)
    return reply({"quota_set": {"id": project_id} | _limits(request, quota)})


async def show_quota_usage(request: web.Request) -> web.Response:
    project_id, quota = await _fetch(request)
    used = _used(quota)
    detail = {
        name: {"limit": limit, "in_use": used.get(name, 0), "reserved": 0}
        for name, limit in _limits(request, quota).items()
    }
    return reply({"quota_set": {"id": project_id} | detail})


async def show_default_quota(request: web.Request) -> web.Response:
    project_id = _project_of(request)
    return reply({"quota_set": {"id": project_id} | _limits(request, NOTHING_USED)})


async def update_quota(request: web.Request) -> web.Response:
    project_id = _project_of(request)
    change = (await read_body(request)).quota_set
    async with request.app[DATABASE].transaction() as conn:
        quota = await store.set_limits(
            conn, project_id, instances=change.instances, cores=change.cores, ram_mb=change.ram
        )
        if not change.force:
            _refuse_below_use(quota)
    return reply({"quota_set": _limits(request, quota)})


def _refuse_below_use(quota: Quota) -> None:
    for name, limit, used in zip(("instances", "cores", "ram"), quota.limits, quota.used, strict=True):
        if limit != UNLIMITED and limit < used:
            raise BadRequest(f"Quota limit {limit} for {name} must be greater than or equal to already used {used}.")


async def delete_quota(request: web.Request) -> web.Response:
    project_id = _project_of(request)
    async with request.app[DATABASE].transaction() as conn:
        await store.forget_limits(conn, project_id)
    return web.Response(status=202)


async def _fetch(request: web.Request) -> tuple[str, Quota]:
    project_id = _project_of(request)
    async with request.app[DATABASE].connection() as conn:
        return project_id, await store.fetch(conn, project_id)


def _project_of(request: web.Request) -> str:
    """The project that the path names, when the route's rule lets the caller at it."""
    project_id = request.match_info["project_id"]
    authorize(request, {"project_id": project_id})
    return project_id


def _limits(request: web.Request, quota: Quota) -> dict[str, int]:
    shown = {
        "instances": quota.limits.servers,
        "cores": quota.limits.cores,
        "ram": quota.limits.ram_mb,
        "key_pairs": KEY_PAIRS,
        "metadata_items": METADATA_ITEMS,
        "server_groups": NO_SERVER_GROUPS,
        "server_group_members": NO_SERVER_GROUPS,
    }
    if not at_least(request, NETWORK_QUOTAS_GONE_SINCE):
        shown |= dict.fromkeys(("fixed_ips", "floating_ips", "security_groups", "security_group_rules"), UNLIMITED)
    if not at_least(request, FILE_QUOTAS_GONE_SINCE):
        shown |= dict.fromkeys(("injected_files", "injected_file_content_bytes", "injected_file_path_bytes"), 0)
    return shown


def _used(quota: Quota) -> dict[str, int]:
    return {"instances": quota.used.servers, "cores": quota.used.cores, "ram": quota.used.ram_mb}


async def show_limits(request: web.Request) -> web.Response:
    project_id = request.query.get("tenant_id") or caller_of(request).project_id
    authorize(request, {"project_id": project_id})
    async with request.app[DATABASE].connection() as conn:
        quota = await store.fetch(conn, project_id or "")
    return reply({"limits": {"rate": [], "absolute": _absolute(request, quota)}})


def _absolute(request: web.Request, quota: Quota) -> dict[str, Any]:
    shown = {
        "maxTotalInstances": quota.limits.servers,
        "maxTotalCores": quota.limits.cores,
        "maxTotalRAMSize": quota.limits.ram_mb,
        "maxTotalKeypairs": KEY_PAIRS,
        "maxServerMeta": METADATA_ITEMS,
        "maxServerGroups": NO_SERVER_GROUPS,
        "maxServerGroupMembers": NO_SERVER_GROUPS,
        "totalInstancesUsed": quota.used.servers,
        "totalCoresUsed": quota.used.cores,
        "totalRAMUsed": quota.used.ram_mb,
        "totalServerGroupsUsed": 0,
    }
    if not at_least(request, 39):
        shown["maxImageMeta"] = METADATA_ITEMS
    if not at_least(request, NETWORK_QUOTAS_GONE_SINCE):
        shown |= {"maxTotalFloatingIps": UNLIMITED, "totalFloatingIpsUsed": 0}
        shown |= {"maxSecurityGroups": UNLIMITED, "totalSecurityGroupsUsed": 0, "maxSecurityGroupRules": UNLIMITED}
    if not at_least(request, FILE_QUOTAS_GONE_SINCE):
        shown |= {"maxPersonality": 0, "maxPersonalitySize": 0}
    return shown
