"""The bodies of health monitors, and how one is shown."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from northbound.balancing.health_monitors.monitor import HealthMonitor
from northbound.balancing.reading import references, render_shown
from northbound.balancing.unsupported import Refused, refuse
from northbound.projects import Owned
from runtime.attributes import Body, Name, Tag, Uuid

TYPES = {"TCP": "TCP", "UDP": "UDP-CONNECT"}
"""The type of check by the pool's protocol."""
TYPES_OF_OCTAVIA = ("HTTP", "HTTPS", "PING", "TLS-HELLO", "SCTP")

Tags = Annotated[list[Tag], Meta(max_length=50)]
Seconds = Annotated[int, Meta(ge=1, le=3600)]
Retries = Annotated[int, Meta(ge=1, le=10)]

HTTP = Refused("OVN opens connections and asks nothing over them; use type TCP and leave it out.")
UNSUPPORTED = {
    "http_method": HTTP,
    "url_path": HTTP,
    "expected_codes": HTTP,
    "http_version": HTTP,
    "domain_name": HTTP,
}


class _Http(Owned, kw_only=True):
    http_method: Any = UNSET
    url_path: Any = UNSET
    expected_codes: Any = UNSET
    http_version: Any = UNSET
    domain_name: Any = UNSET


class MonitorBody(_Http, kw_only=True):
    """Inside the body of a pool."""

    type: str
    delay: Seconds
    timeout: Seconds
    max_retries: Retries
    max_retries_down: Retries | None = 3
    name: Name | None = ""
    admin_state_up: bool = True
    tags: Tags | None = None


class MonitorOfPool(MonitorBody, kw_only=True):
    pool_id: Uuid


class CreateMonitor(Body):
    healthmonitor: MonitorOfPool


class MonitorChanges(_Http, kw_only=True):
    name: Name | None | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    delay: Seconds | UnsetType = UNSET
    timeout: Seconds | UnsetType = UNSET
    max_retries: Retries | UnsetType = UNSET
    max_retries_down: Retries | None | UnsetType = UNSET
    tags: Tags | None | UnsetType = UNSET


class UpdateMonitor(Body):
    healthmonitor: MonitorChanges


def check_monitor(body: MonitorBody | MonitorChanges) -> None:
    """Raises UnsupportedOption."""
    refuse(body, UNSUPPORTED)


def render_health_monitor(request: web.Request, monitor: HealthMonitor) -> dict[str, Any]:
    return {
        **render_shown(request, monitor),
        "type": monitor.type,
        "delay": monitor.delay,
        "timeout": monitor.timeout,
        "max_retries": monitor.max_retries,
        "max_retries_down": monitor.max_retries_down,
        "pools": references([monitor.pool_id]),
        "http_method": None,
        "url_path": None,
        "expected_codes": None,
        "http_version": None,
        "domain_name": None,
    }
