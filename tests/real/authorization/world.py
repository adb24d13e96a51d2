"""A whole cloud with two tenants who have nothing to do with each other, each with one of everything.

What a path names is known by the collection before it (`networks` -> the id of a network), so that a test can fill the
path of any route with what is the caller's own, what is another's, or what is nothing.
"""

import re
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec
from yarl import URL

from deploy.apis import APIS
from runtime.database import Database, DatabaseSettings
from runtime.web.routes import PUBLIC, Route
from tests.daemons.identity import ADMIN_PASSWORD
from tests.daemons.ovn import Ovn
from tests.wire.compute.whole import WholeCloud, running_cloud

VARIABLE = re.compile(r"{(\w+)}")
DEFAULT = {"id": "default"}
PASSWORD = "correct horse"
LATEST = {"OpenStack-API-Version": "compute latest"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQu5S8xJ5g0K3m1r3Ck0F4C9l3i8u8zqV0g7m0cT1pN a"


class Answer(NamedTuple):
    status: int
    raw: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> Any:
        return msgspec.json.decode(self.raw) if self.raw else None


class Place(NamedTuple):
    """A route: `path` is a template with its API's prefix."""

    method: str
    path: str
    route: Route
    api: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def variables(self) -> list[tuple[str, str]]:
        """(collection, variable) in the order of the path."""
        words = self.path.split("/")
        return [(words[at - 1], word[1:-1]) for at, word in enumerate(words) if VARIABLE.fullmatch(word)]


def places() -> Iterator[Place]:
    """Every route that asks for a token, but the agents' socket."""
    for api in APIS:
        for path, methods in api.routes.items():
            for method, route in methods.items():
                if route.rule not in (PUBLIC, "compute:connect_agent"):
                    yield Place(method, api.prefix + path, route, api.name)


@dataclass
class Tenant:
    """`ids` are by collection; `secret` words are in nobody else's answers."""

    name: str
    user: str
    token: str = ""
    project_id: str = ""
    user_id: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def secret(self) -> set[str]:
        own = {"projects", "users"}
        return {value for collection, value in self.ids.items() if len(value) >= 32 and collection not in own}


@dataclass
class World:
    cloud: WholeCloud
    session: aiohttp.ClientSession
    admin: Tenant
    red: Tenant
    blue: Tenant
    written: list[tuple[str, Answer]] = field(default_factory=list)
    """Every write that was answered with success: (method and path, answer)."""

    @property
    def database(self) -> Database:
        return self.cloud.database

    async def ask(self, who: Tenant | None, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """`path` goes out as it is written; `headers` have underscores for dashes."""
        said = {name.replace("_", "-"): text for name, text in headers.items()}
        said |= LATEST | ({"X-Auth-Token": who.token} if who else {})
        raw = None
        if content is not None:
            said.setdefault("Content-Type", "application/json")
            raw = content if isinstance(content, bytes) else msgspec.json.encode(content)
        address = URL(self.cloud.url + path, encoded=True)
        async with self.session.request(method, address, data=raw, headers=said, allow_redirects=False) as answer:
            found = Answer(answer.status, await answer.read(), answer.headers.copy())
        if found.status < 300 and method not in ("GET", "HEAD") and not path.endswith("/auth/tokens"):
            self.written.append((f"{method} {path}", found))
        return found

    async def must(self, who: Tenant, method: str, path: str, content: Any = None, **headers: str) -> Any:
        answer = await self.ask(who, method, path, content, **headers)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.raw!r}"
        return answer.body if answer.raw[:1] == b"{" else None

    async def with_fresh_token(self, tenant: Tenant) -> Tenant:
        """The tenant with a token that no process has seen yet."""
        auth = {
            "identity": {"methods": ["token"], "token": {"id": tenant.token}},
            "scope": {"project": {"id": tenant.project_id}},
        }
        answer = await self.ask(None, "POST", "/identity/v3/auth/tokens", {"auth": auth})
        return replace(tenant, token=answer.headers["X-Subject-Token"])

    async def sign_in(self, tenant: Tenant, password: str) -> None:
        identity = {
            "methods": ["password"],
            "password": {"user": {"name": tenant.user, "domain": DEFAULT, "password": password}},
        }
        auth = {"identity": identity, "scope": {"project": {"name": tenant.name, "domain": DEFAULT}}}
        answer = await self.ask(None, "POST", "/identity/v3/auth/tokens", {"auth": auth})
        assert answer.status == 201, answer.raw
        tenant.token = answer.headers["X-Subject-Token"]
        tenant.project_id, tenant.user_id = answer.body["token"]["project"]["id"], answer.body["token"]["user"]["id"]


def known(collection: str, variable: str, ids: Mapping[str, str]) -> str | None:
    """The id that a variable of a path stands for; a project and a user are named by it wherever they stand."""
    own = {"project_id": "projects", "tenant_id": "projects", "user_id": "users"}
    return ids.get(own.get(variable, collection))


def fill(place: Place, ids: Mapping[str, str]) -> str:
    """The path of a route, with the ids of what it names; an id of nothing for what is not among them."""
    path = place.path
    for collection, variable in place.variables:
        value = known(collection, variable, ids) or NOTHING.get(collection, str(uuid.UUID(int=7)))
        path = path.replace(f"{{{variable}}}", value, 1)
    return path


NOTHING = {"tags": "blue", "metadata": "k", "os-extra_specs": "k", "ips": "n"}


def random_like(value: str) -> str:
    """An id of nothing in the same spelling."""
    fresh = uuid.uuid4()
    if len(value) == 36:
        return str(fresh)
    return fresh.hex if len(value) == 32 else (fresh.hex * 3)[: len(value)]


def body_of(place: Place, **said: Any) -> Any:
    """A body whose envelope is right for the route, holding `said`; None for a route without one."""
    shape = place.route.body
    if not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
        return None if shape is None else said
    (first, *_) = msgspec.structs.fields(shape)
    return {first.encode_name: said}


@asynccontextmanager
async def running_world(settings: DatabaseSettings, ovn: Ovn, directory: Path) -> AsyncIterator[World]:
    async with (
        running_cloud(settings, ovn, directory) as cloud,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session,
    ):
        world = World(cloud, session, Tenant("admin", "admin"), Tenant("red", "rose"), Tenant("blue", "bill"))
        await world.sign_in(world.admin, ADMIN_PASSWORD)
        outside = await _outside(world)
        for tenant in (world.red, world.blue):
            await _settle(world, tenant)
            await _furnish(world, tenant, outside)
        yield world


async def _outside(world: World) -> str:
    network = {"network": {"name": "internet", "router:external": True}}
    network_id = (await world.must(world.admin, "POST", "/network/v2.0/networks", network))["network"]["id"]
    subnet = {"subnet": {"network_id": network_id, "cidr": "150.25.12.0/24", "ip_version": 4}}
    await world.must(world.admin, "POST", "/network/v2.0/subnets", subnet)
    return network_id


async def _settle(world: World, tenant: Tenant) -> None:
    admin = world.admin
    roles = (await world.must(admin, "GET", "/identity/v3/roles?name=member"))["roles"]
    project = await world.must(admin, "POST", "/identity/v3/projects", {"project": {"name": tenant.name}})
    account = {"user": {"name": tenant.user, "password": PASSWORD}}
    user = await world.must(admin, "POST", "/identity/v3/users", account)
    grant = f"/identity/v3/projects/{project['project']['id']}/users/{user['user']['id']}/roles/{roles[0]['id']}"
    await world.must(admin, "PUT", grant)
    await world.sign_in(tenant, PASSWORD)


async def _furnish(world: World, tenant: Tenant, outside: str) -> None:
    """One of everything that a tenant may have."""
    ids = tenant.ids

    async def make(collection: str, noun: str, path: str = "", who: Tenant = tenant, **said: Any) -> str:
        answer = await world.must(who, "POST", path or f"/network/v2.0/{collection}", {noun: said})
        ids[collection] = answer[noun]["id"]
        return ids[collection]

    ids["projects"], ids["users"] = tenant.project_id, tenant.user_id
    network = await make("networks", "network", name=f"{tenant.name}-net")
    subnet = await make("subnets", "subnet", network_id=network, cidr="10.50.0.0/24", ip_version=4)
    router = await make("routers", "router", external_gateway_info={"network_id": outside})
    await world.must(tenant, "PUT", f"/network/v2.0/routers/{router}/add_router_interface", {"subnet_id": subnet})
    parent = await make("ports", "port", network_id=network)
    await make("trunks", "trunk", port_id=parent)
    port = await make("ports", "port", network_id=network)
    group = await make("security-groups", "security_group", name="web")
    await make("security-group-rules", "security_group_rule", security_group_id=group, direction="ingress")
    await make("address-scopes", "address_scope", name="s", ip_version=4)
    await make("address-groups", "address_group", name="g", addresses=["10.0.0.1/32"])
    await make("subnetpools", "subnetpool", name="p", prefixes=["10.99.0.0/16"])
    floating = await make("floatingips", "floatingip", floating_network_id=outside)
    forwarding = {
        "protocol": "tcp",
        "internal_port": 80,
        "external_port": 8080,
        "internal_port_id": port,
        "internal_ip_address": (await world.must(tenant, "GET", f"/network/v2.0/ports/{port}"))["port"]["fixed_ips"][0][
            "ip_address"
        ],
    }
    path = f"/network/v2.0/floatingips/{floating}/port_forwardings"
    await make("port_forwardings", "port_forwarding", path, **forwarding)
    policy = {"project_id": tenant.project_id, "name": "q"}
    qos = await make("policies", "policy", "/network/v2.0/qos/policies", world.admin, **policy)
    for kind, said in (("bandwidth_limit_rules", {"max_kbps": 1000}), ("dscp_marking_rules", {"dscp_mark": 26})):
        await make(kind, kind[:-1], f"/network/v2.0/qos/policies/{qos}/{kind}", world.admin, **said)
    shared = {"object_type": "network", "object_id": network, "action": "access_as_shared", "target_tenant": "grey"}
    await make("rbac-policies", "rbac_policy", **shared)
    await _balance(world, tenant, subnet)
    await _image_and_key(world, tenant)
    await _credentials(world, tenant)


async def _balance(world: World, tenant: Tenant, subnet: str) -> None:
    monitor = {"type": "TCP", "delay": 5, "timeout": 3, "max_retries": 2}
    pool = {"name": "web", "protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT", "healthmonitor": monitor}
    pool |= {"members": [{"address": "10.50.0.99", "protocol_port": 80, "subnet_id": subnet}]}
    listener = {"protocol": "TCP", "protocol_port": 80, "default_pool": pool}
    body = {"loadbalancer": {"vip_subnet_id": subnet, "listeners": [listener]}}
    balancer = (await world.must(tenant, "POST", "/load-balancer/v2/lbaas/loadbalancers", body))["loadbalancer"]
    made = balancer["pools"][0]
    tenant.ids |= {
        "loadbalancers": balancer["id"],
        "listeners": balancer["listeners"][0]["id"],
        "pools": made["id"],
        "members": made["members"][0]["id"],
        "healthmonitors": made["healthmonitor"]["id"],
    }


async def _image_and_key(world: World, tenant: Tenant) -> None:
    image = {"name": "i", "disk_format": "raw", "container_format": "bare"}
    tenant.ids["images"] = (await world.must(tenant, "POST", "/image/v2/images", image))["id"]
    key = {"keypair": {"name": f"{tenant.name}-key", "public_key": KEY}}
    await world.must(tenant, "POST", "/compute/v2.1/os-keypairs", key | {"keypair": key["keypair"] | {"type": "ssh"}})
    tenant.ids["os-keypairs"] = f"{tenant.name}-key"


async def _credentials(world: World, tenant: Tenant) -> None:
    own = f"/identity/v3/users/{tenant.user_id}/application_credentials"
    rule = {"path": "/v2.0/networks", "method": "GET", "service": "network"}
    said = {"application_credential": {"name": "robot", "access_rules": [rule]}}
    made = (await world.must(tenant, "POST", own, said))["application_credential"]
    tenant.ids["application_credentials"] = made["id"]
    rules = await world.must(tenant, "GET", f"/identity/v3/users/{tenant.user_id}/access_rules")
    tenant.ids["access_rules"] = rules["access_rules"][0]["id"]
    trust = {"trustor_user_id": tenant.user_id, "trustee_user_id": world.admin.user_id, "impersonation": False}
    trust |= {"project_id": tenant.project_id, "roles": [{"name": "member"}]}
    tenant.ids["trusts"] = (await world.must(tenant, "POST", "/identity/v3/OS-TRUST/trusts", {"trust": trust}))[
        "trust"
    ]["id"]
    blob = {"credential": {"type": "cert", "blob": f"{tenant.name} blob", "user_id": tenant.user_id}}
    tenant.ids["credentials"] = (await world.must(tenant, "POST", "/identity/v3/credentials", blob))["credential"]["id"]
