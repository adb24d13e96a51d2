"""What must be there before anyone can sign in, as `keystone-manage bootstrap` makes it.

Idempotent: what exists stays as it is, except that the passwords of the administrator and of the agents become
those given, an endpoint's address becomes the one of `base_url`, and these accounts open again if they were closed,
absent or disabled. Tokens end when a password was another one, and for no other reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from identity.assignments.store import Place, insert_assignment
from identity.credentials.vault import create_vault_key
from identity.domains.store import DOMAINS, find_domain
from identity.endpoints.noun import ENDPOINTS
from identity.keys.keyset import create_keys
from identity.passwords.hashing import Hasher
from identity.passwords.lockout import open_account
from identity.projects import store as projects
from identity.regions.store import ensure_region
from identity.revocations.store import announce, change_rights, revoke
from identity.roles import store as roles
from identity.services.noun import SERVICES
from identity.settings import IdentitySettings
from identity.tokens.claims import ProjectScope, SystemScope, user_subject
from identity.users import store as users
from runtime.database import Connection, Database
from runtime.settings import Secret

DEFAULT_DOMAIN = "default"
ROLES = ("admin", "manager", "member", "reader", "service")
IMPLIED = (("admin", "manager"), ("manager", "member"), ("member", "reader"))
INTERFACES = ("public", "internal", "admin")


class CatalogService(msgspec.Struct, frozen=True):
    """`path` is where the service answers below the base address."""

    type: str
    name: str
    path: str
    description: str


CATALOG = (
    CatalogService("identity", "keystone", "/identity", "Identity"),
    CatalogService("network", "neutron", "/network", "Networking"),
    CatalogService("load-balancer", "octavia", "/load-balancer", "Load balancing"),
    CatalogService("compute", "nova", "/compute/v2.1", "Compute"),
    CatalogService("image", "glance", "/image", "Image"),
)


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The account of the agent on `host`: user `agent-<host>`, with role service on project service."""

    host: str
    password: Secret


class BootstrapOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`base_url` is the address of all APIs as clients know it: `http://127.0.0.1:5000`.

    The identity API alone may be elsewhere: `public_url`, `internal_url` and `admin_url`. Policy knows the role `admin`;
    an administrator who is given another role can do what operators' rules say of it. `immutable_roles` makes the
    roles immutable that are made here.
    """

    base_url: str
    admin_password: Secret
    agents: tuple[Agent, ...] = ()
    region: str = "RegionOne"
    admin_username: str = "admin"
    admin_project: str = "admin"
    admin_role: str = "admin"
    identity_service: str = "keystone"
    public_url: str | None = None
    internal_url: str | None = None
    admin_url: str | None = None
    immutable_roles: bool = False

    def address(self, entry: CatalogService, interface: str) -> str:
        """Where a service answers to one interface."""
        own = getattr(self, f"{interface}_url") if entry.type == "identity" else None
        return own or self.base_url.rstrip("/") + entry.path


async def bootstrap(database: Database, settings: IdentitySettings, options: BootstrapOptions) -> None:
    """Signing keys, the default domain, projects admin and service, the standard roles, the administrator, the
    agents' accounts, and the catalogue. Migrations have run."""
    create_keys(settings.key_directory)
    create_vault_key(settings.key_directory)
    hasher = Hasher(threads=1, waiting=1)
    try:
        async with database.transaction() as connection:
            await change_rights(connection)
            await _ensure_accounts(connection, hasher, options)
            await _ensure_catalog(connection, options)
        async with database.connection() as connection:
            await announce(connection)
    finally:
        hasher.close()


async def _ensure_accounts(connection: Connection, hasher: Hasher, options: BootstrapOptions) -> None:
    await _ensure_default_domain(connection)
    role_ids = await _ensure_roles(connection, options)
    admin_role = role_ids[options.admin_role]
    project = options.admin_project
    admin_project = await _ensure_project(connection, project, "Bootstrap project for initializing the cloud.")
    service_project = await _ensure_project(connection, "service", "Accounts of the cloud's own processes.")
    password = options.admin_password
    admin = await _ensure_user(connection, hasher, options.admin_username, password)
    await insert_assignment(connection, Place(user_id=admin["id"], scope=_scope(admin_project)), admin_role)
    await insert_assignment(connection, Place(user_id=admin["id"], scope=SystemScope()), admin_role)
    for agent in options.agents:
        account = await _ensure_user(connection, hasher, f"agent-{agent.host}", agent.password)
        await insert_assignment(
            connection, Place(user_id=account["id"], scope=_scope(service_project)), role_ids["service"]
        )


def _scope(project: Mapping[str, Any]) -> ProjectScope:
    return ProjectScope(project["id"], project["domain_id"])


async def _ensure_default_domain(connection: Connection) -> None:
    if await find_domain(connection, DEFAULT_DOMAIN) is None:
        draft = {"id": DEFAULT_DOMAIN, "name": "Default", "description": "The default domain"}
        await DOMAINS.insert(connection, draft)


async def _ensure_roles(connection: Connection, options: BootstrapOptions) -> dict[str, str]:
    """Role ids by name."""
    ids = {}
    draft = {"options": {"immutable": True}} if options.immutable_roles else {}
    for name in dict.fromkeys((*ROLES, options.admin_role)):
        role = await roles.find_role_by_name(connection, name)
        ids[name] = (role or await roles.ROLES.insert(connection, {"name": name, **draft}))["id"]
    for prior, implied in IMPLIED:
        await roles.imply_role(connection, ids[prior], ids[implied])
    return ids


async def _ensure_project(connection: Connection, name: str, description: str) -> Mapping[str, Any]:
    found = await projects.find_project_by_name(connection, DEFAULT_DOMAIN, name)
    draft = {"name": name, "domain_id": DEFAULT_DOMAIN, "description": description}
    return found or await projects.insert_project(connection, draft, {})


async def _ensure_user(connection: Connection, hasher: Hasher, name: str, password: Secret) -> Mapping[str, Any]:
    """The user, able to sign in with this password; tokens of a user whose password was another one end."""
    found = await users.find_user_by_name(connection, DEFAULT_DOMAIN, name)
    if found is None:
        draft = {
            "name": name,
            "domain_id": DEFAULT_DOMAIN,
            "password_hash": await hasher.hash(password.reveal()),
        }
        return await users.insert_user(connection, draft, {})
    await open_account(connection, found)
    await users.note_activity(connection, found)
    changes: dict[str, Any] = {} if found["enabled"] else {"enabled": True}
    if not await hasher.verify(found["password_hash"], password.reveal()):
        changes |= users.NO_PASSWORD | {"password_hash": await hasher.hash(password.reveal())}
        await revoke(connection, [user_subject(found["id"])])
    elif found["password_expires_at"] is not None:
        changes["password_expires_at"] = None
    return await users.update_user(connection, found["id"], changes, {}) if changes else found


async def _ensure_catalog(
    connection: Connection, options: BootstrapOptions, wanted: Sequence[CatalogService] = CATALOG
) -> None:
    await ensure_region(connection, options.region)
    for entry in wanted:
        service = await SERVICES.find_where(connection, type=entry.type)
        if service is None:
            name = options.identity_service if entry.type == "identity" else entry.name
            draft = {"type": entry.type, "name": name, "description": entry.description}
            service = await SERVICES.insert(connection, draft)
        for interface in INTERFACES:
            url = options.address(entry, interface)
            await _ensure_endpoint(connection, service["id"], options.region, interface, url)


async def _ensure_endpoint(connection: Connection, service_id: str, region_id: str, interface: str, url: str) -> None:
    place = {"service_id": service_id, "region_id": region_id, "interface": interface}
    found = await ENDPOINTS.find_where(connection, **place)
    if found is None:
        await ENDPOINTS.insert(connection, {**place, "url": url})
    elif found["url"] != url:
        await ENDPOINTS.update(connection, found["id"], {"url": url})
