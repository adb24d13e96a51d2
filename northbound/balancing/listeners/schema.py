"""The bodies of listeners, and how one is shown."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from northbound.balancing.listeners.listener import Listener
from northbound.balancing.pools.schema import PoolTree
from northbound.balancing.reading import references, render_shown
from northbound.balancing.unsupported import Refused, refuse
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name, Tag, Uuid

Tags = Annotated[list[Tag], Meta(max_length=50)]
PortNumber = Annotated[int, Meta(ge=1, le=65535)]

CLIENT_DATA_MS, MEMBER_CONNECT_MS, MEMBER_DATA_MS, INSPECT_MS = 50000, 5000, 50000, 0
"""What Octavia shows for a listener that says nothing of its timeouts."""

TLS = Refused("OVN passes TLS on as it is; let the members end it.")
TIMEOUT = "OVN keeps a connection for as long as its ends do; leave it out."
UNSUPPORTED = {
    "connection_limit": Refused("OVN counts no connections; leave it out.", (None, -1)),
    "allowed_cidrs": Refused("OVN does not filter a VIP; give security groups to the members' ports."),
    "insert_headers": Refused("OVN reads nothing inside a connection."),
    "l7policies": Refused("OVN balances at layer 4 only."),
    "default_tls_container_ref": TLS,
    "sni_container_refs": TLS,
    "client_authentication": Refused(TLS.reason, (None, "", "NONE")),
    "client_ca_tls_container_ref": TLS,
    "client_crl_container_ref": TLS,
    "tls_ciphers": TLS,
    "tls_versions": TLS,
    "alpn_protocols": TLS,
    "hsts_max_age": TLS,
    "hsts_include_subdomains": TLS,
    "hsts_preload": TLS,
    "timeout_client_data": Refused(TIMEOUT, (None, CLIENT_DATA_MS)),
    "timeout_member_connect": Refused(TIMEOUT, (None, MEMBER_CONNECT_MS)),
    "timeout_member_data": Refused(TIMEOUT, (None, MEMBER_DATA_MS)),
    "timeout_tcp_inspect": Refused(TIMEOUT, (None, INSPECT_MS)),
}


class _Layer7(Owned, kw_only=True):
    connection_limit: Any = UNSET
    allowed_cidrs: Any = UNSET
    insert_headers: Any = UNSET
    l7policies: Any = UNSET
    default_tls_container_ref: Any = UNSET
    sni_container_refs: Any = UNSET
    client_authentication: Any = UNSET
    client_ca_tls_container_ref: Any = UNSET
    client_crl_container_ref: Any = UNSET
    tls_ciphers: Any = UNSET
    tls_versions: Any = UNSET
    alpn_protocols: Any = UNSET
    hsts_max_age: Any = UNSET
    hsts_include_subdomains: Any = UNSET
    hsts_preload: Any = UNSET
    timeout_client_data: Any = UNSET
    timeout_member_connect: Any = UNSET
    timeout_member_data: Any = UNSET
    timeout_tcp_inspect: Any = UNSET


class ListenerTree(_Layer7, kw_only=True):
    """A listener inside the body of a load balancer; `default_pool` may be whole, or name one of its `pools`."""

    protocol: str
    protocol_port: PortNumber
    name: Name | None = ""
    description: Description | None = ""
    admin_state_up: bool = True
    default_pool: PoolTree | None = None
    tags: Tags | None = None


class ListenerBody(ListenerTree, kw_only=True):
    loadbalancer_id: Uuid
    default_pool_id: Uuid | None = None


class CreateListener(Body):
    listener: ListenerBody


class ListenerChanges(_Layer7, kw_only=True):
    name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    default_pool_id: Uuid | None | UnsetType = UNSET
    tags: Tags | None | UnsetType = UNSET


class UpdateListener(Body):
    listener: ListenerChanges


def check_listener(body: ListenerTree | ListenerChanges) -> None:
    """Raises UnsupportedOption."""
    refuse(body, UNSUPPORTED)


def render_listener(request: web.Request, listener: Listener) -> dict[str, Any]:
    return {
        **render_shown(request, listener),
        "description": listener.description,
        "protocol": listener.protocol,
        "protocol_port": listener.protocol_port,
        "default_pool_id": listener.default_pool_id,
        "loadbalancers": references([listener.load_balancer_id]),
        "connection_limit": -1,
        "allowed_cidrs": None,
        "insert_headers": {},
        "l7policies": [],
        "default_tls_container_ref": None,
        "sni_container_refs": [],
        "client_authentication": "NONE",
        "client_ca_tls_container_ref": None,
        "client_crl_container_ref": None,
        "tls_ciphers": None,
        "tls_versions": [],
        "alpn_protocols": [],
        "hsts_max_age": None,
        "hsts_include_subdomains": False,
        "hsts_preload": False,
        "timeout_client_data": CLIENT_DATA_MS,
        "timeout_member_connect": MEMBER_CONNECT_MS,
        "timeout_member_data": MEMBER_DATA_MS,
        "timeout_tcp_inspect": INSPECT_MS,
    }
