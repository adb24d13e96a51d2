"""Creating servers: one transaction that holds quota, room on a host, ports and addresses, and starts the task.

A server for which there is no room is made too, in ERROR with the reasons, without ports and without cores and
memory of the quota: the tenant sees why, and deletes it.
"""

import uuid
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from compute.quotas import store as quotas
from compute.quotas.store import Holding
from compute.scheduler import claims
from compute.scheduler.place import describe_for_operator, describe_for_tenant
from compute.scheduler.snapshot import Size, Wish
from compute.servers import store
from compute.servers.hostname import check_hostname, hostname_of, numbered
from compute.servers.lifecycle import fail
from compute.servers.networking import MayChoose, Nic, choose_nics, plug
from compute.servers.requirements import Requirements, read_requirements
from compute.servers.schema import ServerDraft, check_metadata, check_user_data, counts
from compute.servers.server import Fault, Server
from compute.servers.states import SCHEDULING
from identity.callers import Caller
from runtime.database import Connection
from runtime.errors import BadRequest

NO_VALID_HOST = 500


class Plan(Struct, frozen=True):
    """Everything about the servers of one request that is decided before the first row is written."""

    draft: ServerDraft
    needs: Requirements
    nics: list[Nic]
    caller: Caller
    project_id: str
    reservation_id: str
    zone: str | None
    host: str | None


async def create_servers(
    conn: Connection, draft: ServerDraft, caller: Caller, project_id: str, may_choose: MayChoose
) -> list[Server]:
    """The new servers in order of their numbers, each placed or in ERROR.

    Raises BadRequest for what the request says wrong, Forbidden, QuotaExceeded, Conflict; nothing is left then.
    """
    fewest, most = counts(draft)
    plan = await _read_plan(conn, draft, caller, project_id, may_choose)
    if most > 1 and any(nic.port_id or nic.fixed_ip for nic in plan.nics):
        raise BadRequest("Unable to launch multiple instances with a single configured port or fixed IP.")
    count = await _hold_quota(conn, project_id, plan.needs, fewest, most)
    return [await _create_server(conn, plan, index, count) for index in range(count)]


async def _read_plan(
    conn: Connection, draft: ServerDraft, caller: Caller, project_id: str, may_choose: MayChoose
) -> Plan:
    check_user_data(draft.user_data)
    check_metadata(draft.metadata)
    needs = await read_requirements(conn, draft, caller)
    nics = await choose_nics(conn, draft.networks, draft.security_groups, project_id, caller.reach, may_choose)
    zone, host = await _choose_zone(conn, draft)
    return Plan(draft, needs, nics, caller, project_id, f"r-{uuid.uuid4().hex[:8]}", zone, host)


async def _choose_zone(conn: Connection, draft: ServerDraft) -> tuple[str | None, str | None]:
    """(availability zone, host) asked for. The older spelling is `zone:host`, for administrators like `host`."""
    zone, _, host = (draft.availability_zone or "").partition(":")
    host = host or draft.host or draft.hypervisor_hostname or ""
    if zone and not await store.zone_exists(conn, zone):
        raise BadRequest(f"The requested availability zone is not available: {zone}.")
    if host and not await store.host_exists(conn, host):
        raise BadRequest(f"Compute host {host} could not be found.")
    return zone or None, host or None


async def _hold_quota(conn: Connection, project_id: str, needs: Requirements, fewest: int, most: int) -> int:
    """How many servers the quota has room for, at least `fewest` and at most `most`, held from now on."""
    each = Holding(1, needs.flavor.vcpus, needs.flavor.ram_mb)
    quota = await quotas.fetch(conn, project_id)
    count = max(fewest, min(most, quota.room_for(each)))
    await quotas.hold(conn, project_id, each.times(count))
    return count


async def _create_server(conn: Connection, plan: Plan, index: int, count: int) -> Server:
    server = await store.insert(conn, _columns(plan, index, count))
    flavor = plan.needs.flavor
    wish = Wish(
        size=Size(flavor.vcpus, flavor.ram_mb, flavor.disk_gb),
        availability_zone=plan.zone,
        host=plan.host,
        image_properties=plan.needs.image.properties,
        extra_specs=flavor.extra_specs,
    )
    host, placement = await claims.claim(conn, server.id, wish)
    if host is None:
        await quotas.release(conn, plan.project_id, Holding(0, flavor.vcpus, flavor.ram_mb))
        fault = Fault(NO_VALID_HOST, describe_for_tenant(placement), describe_for_operator(placement))
        return await fail(conn, server.id, fault) or server
    server = await store.place(conn, server.id, host)
    for nic in plan.nics:
        await plug(conn, server, nic, plan.caller.reach)
    return server


def _columns(plan: Plan, index: int, count: int) -> dict[str, Any]:
    draft, needs = plan.draft, plan.needs
    server_id = str(uuid.uuid4())
    name = numbered(str(draft.name), index, count)
    return {
        "id": server_id,
        "project_id": plan.project_id,
        "user_id": plan.caller.user_id,
        "name": name,
        "description": draft.description or None,
        "hostname": _hostname(draft, name, server_id, index, count),
        "vm_state": "building",
        "task_state": SCHEDULING,
        "availability_zone": plan.zone,
        "flavor": msgspec.to_builtins(needs.flavor),
        "vcpus": needs.flavor.vcpus,
        "ram_mb": needs.flavor.ram_mb,
        "disk_gb": needs.flavor.disk_gb,
        "image": msgspec.to_builtins(needs.image),
        "key_name": draft.key_name or None,
        "public_key": needs.public_key,
        "user_data": draft.user_data,
        "config_drive": False,
        "metadata": draft.metadata,
        "tags": list(dict.fromkeys(draft.tags or [])),
        "access_ip_v4": str(draft.accessIPv4 or "") or None,
        "access_ip_v6": str(draft.accessIPv6 or "") or None,
        "reservation_id": plan.reservation_id,
        "launch_index": index,
    }


def _hostname(draft: ServerDraft, name: str, server_id: str, index: int, count: int) -> str:
    if draft.hostname is UNSET:
        return hostname_of(name, server_id)
    return check_hostname(numbered(draft.hostname, index, count))
