"""The bodies of pools, and how one is shown."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from northbound.balancing.errors import UnsupportedOption
from northbound.balancing.health_monitors.schema import MonitorBody
from northbound.balancing.members.schema import MemberBody
from northbound.balancing.pools.pool import Pool
from northbound.balancing.reading import references, render_shown
from northbound.balancing.unsupported import Refused, choose, refuse
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name, Tag, Uuid

ALGORITHM = "SOURCE_IP_PORT"
PERSISTENCE = "SOURCE_IP"
DEFAULT_PERSISTENCE_S = 360
Tags = Annotated[list[Tag], Meta(max_length=50)]
Seconds = Annotated[int, Meta(ge=1, le=65535)]

TLS = Refused("OVN passes TLS on as it is; let the members speak it.")
UNSUPPORTED = {
    "tls_enabled": TLS,
    "tls_container_ref": TLS,
    "ca_tls_container_ref": TLS,
    "crl_container_ref": TLS,
    "tls_ciphers": TLS,
    "tls_versions": TLS,
    "alpn_protocols": TLS,
}


class SessionPersistence(Body):
    """`{}` or null is none."""

    type: str | None = None
    cookie_name: str | None = None
    persistence_timeout: Seconds | None = None
    persistence_granularity: str | None = None


class _Tls(Owned, kw_only=True):
    tls_enabled: Any = UNSET
    tls_container_ref: Any = UNSET
    ca_tls_container_ref: Any = UNSET
    crl_container_ref: Any = UNSET
    tls_ciphers: Any = UNSET
    tls_versions: Any = UNSET
    alpn_protocols: Any = UNSET


class PoolTree(_Tls, kw_only=True):
    """A pool with what is in it, inside the body of a load balancer or listener. There it may also be named only: one
    of the load balancer's `pools`."""

    name: Name | None = ""
    description: Description | None = ""
    admin_state_up: bool = True
    protocol: str | None = None
    lb_algorithm: str | None = None
    session_persistence: SessionPersistence | None = None
    members: Annotated[list[MemberBody], Meta(max_length=250)] | None = None
    healthmonitor: MonitorBody | None = None
    tags: Tags | None = None


class PoolBody(PoolTree, kw_only=True):
    """Of a load balancer, or of a listener whose default pool it becomes."""

    loadbalancer_id: Uuid | None = None
    listener_id: Uuid | None = None


class CreatePool(Body):
    pool: PoolBody


class PoolChanges(_Tls, kw_only=True):
    name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    lb_algorithm: str | UnsetType = UNSET
    session_persistence: SessionPersistence | None | UnsetType = UNSET
    tags: Tags | None | UnsetType = UNSET


class UpdatePool(Body):
    pool: PoolChanges


def check_pool(body: PoolTree | PoolChanges) -> None:
    """Raises UnsupportedOption, InvalidInput for an algorithm nobody has."""
    refuse(body, UNSUPPORTED)
    if body.lb_algorithm not in (UNSET, None):
        known = ("ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP")
        reason = f"OVN chooses a member by the connection's addresses and ports; say {ALGORITHM}."
        choose("lb_algorithm", str(body.lb_algorithm), (ALGORITHM,), known, reason)


def parse_persistence(said: SessionPersistence | None) -> int | None:
    """The timeout in seconds, None for no persistence; raises UnsupportedOption, InvalidInput."""
    if said is None or said == SessionPersistence():
        return None
    choose(
        "session_persistence.type",
        said.type or "",
        (PERSISTENCE,),
        ("HTTP_COOKIE", "APP_COOKIE"),
        f"OVN reads no cookies; say {PERSISTENCE}.",
    )
    if said.cookie_name is not None:
        raise UnsupportedOption("session_persistence.cookie_name: OVN reads no cookies.")
    if said.persistence_granularity not in (None, "255.255.255.255"):
        raise UnsupportedOption("session_persistence.persistence_granularity: OVN tells single addresses apart.")
    return DEFAULT_PERSISTENCE_S if said.persistence_timeout is None else said.persistence_timeout


def render_pool(request: web.Request, pool: Pool) -> dict[str, Any]:
    return {
        **render_shown(request, pool),
        "description": pool.description,
        "protocol": pool.protocol,
        "lb_algorithm": ALGORITHM,
        "session_persistence": _render_persistence(pool),
        "loadbalancers": references([pool.load_balancer_id]),
        "listeners": references(pool.listeners),
        "members": references(pool.members),
        "healthmonitor_id": pool.healthmonitor_id,
        "tls_enabled": False,
        "tls_container_ref": None,
        "ca_tls_container_ref": None,
        "crl_container_ref": None,
        "tls_ciphers": None,
        "tls_versions": [],
        "alpn_protocols": [],
    }


def _render_persistence(pool: Pool) -> dict[str, Any] | None:
    if pool.persistence_timeout is None:
        return None
    return {
        "type": PERSISTENCE,
        "cookie_name": None,
        "persistence_timeout": pool.persistence_timeout,
        "persistence_granularity": None,
    }
