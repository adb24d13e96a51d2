"""Servers as the wire shows them, by microversion and by who looks. Source: Compute API v2.1, servers."""

from datetime import datetime
from typing import Any

from aiohttp import web

from compute.hosts.store import is_up
from compute.links import links_of
from compute.servers.host_id import host_id_of
from compute.servers.overview import Overview, ShownAddress
from compute.servers.server import Server
from compute.servers.states import POWER_NUMBERS, status_of
from compute.versions.microversions import at_least

EMBEDDED_FLAVOR_SINCE = 47
ROOT_DEVICE = "/dev/vda"


def render_brief(request: web.Request, server: Server) -> dict[str, Any]:
    return {"id": server.id, "name": server.name, "links": links_of(request, "servers", server.id)}


def render_server(request: web.Request, server: Server, overview: Overview, *, operator: bool) -> dict[str, Any]:
    """`operator`: the looker may see hosts and what failed on them."""
    shown = render_brief(request, server) | {
        "status": status_of(server.vm_state, server.task_state),
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "metadata": server.metadata,
        "hostId": host_id_of(overview.host["id"], server.project_id) if overview.host else "",
        "image": {
            "id": server.image.id,
            "links": links_of(request, "images", server.image.id)[1:],
        },
        "flavor": _flavor(request, server),
        "created": timestamp(server.created_at),
        "updated": timestamp(server.updated_at),
        "addresses": render_addresses(overview),
        "accessIPv4": server.access_ip_v4 or "",
        "accessIPv6": server.access_ip_v6 or "",
        "OS-DCF:diskConfig": "MANUAL",
        "progress": 100 if server.vm_state == "active" else 0,
        "OS-EXT-AZ:availability_zone": overview.host["availability_zone"] if overview.host else "",
        "config_drive": "True" if server.config_drive else "",
        "key_name": server.key_name,
        "OS-SRV-USG:launched_at": _precise(server.launched_at),
        "OS-SRV-USG:terminated_at": None,
        "OS-EXT-STS:task_state": server.task_state,
        "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": POWER_NUMBERS[server.power_state],
        "os-extended-volumes:volumes_attached": [],
    }
    if overview.groups:
        shown["security_groups"] = [{"name": name} for name in overview.groups]
    if server.vm_state == "error" and server.fault_message is not None:
        shown["fault"] = _fault(server, operator=operator)
    shown |= _by_version(request, server)
    return shown | (_for_operators(request, server, overview) if operator else {})


def _flavor(request: web.Request, server: Server) -> dict[str, Any]:
    flavor = server.flavor
    if not at_least(request, EMBEDDED_FLAVOR_SINCE):
        return {"id": flavor.id, "links": links_of(request, "flavors", flavor.id)[1:]}
    return {
        "original_name": flavor.name,
        "vcpus": flavor.vcpus,
        "ram": flavor.ram_mb,
        "disk": flavor.disk_gb,
        "ephemeral": flavor.ephemeral_gb,
        "swap": flavor.swap_mb,
        "extra_specs": flavor.extra_specs,
    }


def render_addresses(overview: Overview) -> dict[str, list[dict[str, Any]]]:
    return {name: [_address(address) for address in addresses] for name, addresses in overview.addresses.items()}


def _address(address: ShownAddress) -> dict[str, Any]:
    return {
        "addr": address.ip,
        "version": 6 if ":" in address.ip else 4,
        "OS-EXT-IPS:type": address.kind,
        "OS-EXT-IPS-MAC:mac_addr": address.mac,
    }


def _fault(server: Server, *, operator: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": server.fault_code, "message": server.fault_message}
    if server.fault_at is not None:
        shown["created"] = timestamp(server.fault_at)
    if operator and server.fault_details:
        shown["details"] = server.fault_details
    return shown


def _by_version(request: web.Request, server: Server) -> dict[str, Any]:
    since: list[tuple[int, dict[str, Any]]] = [
        (9, {"locked": False}),
        (19, {"description": server.description}),
        (26, {"tags": server.tags}),
        (63, {"trusted_image_certificates": None}),
        (71, {"server_groups": []}),
        (73, {"locked_reason": None}),
        (90, {"OS-EXT-SRV-ATTR:hostname": server.hostname}),
        (96, {"pinned_availability_zone": server.availability_zone}),
    ]
    return {name: value for minor, part in since if at_least(request, minor) for name, value in part.items()}


def _for_operators(request: web.Request, server: Server, overview: Overview) -> dict[str, Any]:
    host = overview.host
    shown = {
        "OS-EXT-SRV-ATTR:host": server.host,
        "OS-EXT-SRV-ATTR:hypervisor_hostname": host["hypervisor_hostname"] if host else None,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{server.id}",
    }
    if at_least(request, 3):
        shown |= {
            "OS-EXT-SRV-ATTR:reservation_id": server.reservation_id,
            "OS-EXT-SRV-ATTR:launch_index": server.launch_index,
            "OS-EXT-SRV-ATTR:hostname": server.hostname,
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:root_device_name": ROOT_DEVICE,
            "OS-EXT-SRV-ATTR:user_data": server.user_data,
        }
    if at_least(request, 16):
        shown["host_status"] = _host_status(overview)
    return shown


def _host_status(overview: Overview) -> str:
    if overview.host is None:
        return ""
    if not is_up(overview.host):
        return "DOWN"
    return "UP" if overview.host["enabled"] else "MAINTENANCE"


def timestamp(moment: datetime) -> str:
    """UTC to the second, as Nova writes it: 2026-11-21T10:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _precise(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") if moment else None
