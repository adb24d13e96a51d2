"""Two tenants who have nothing to do with each other, and an administrator: what conftests make fixtures of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from tests.daemons.identity import IdentityServer
from tests.identity_http import Http, by_password, on_project

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Tenant:
    """A project and its only member; `http` bears a token of that scope."""

    project: str
    project_id: str
    user: str
    user_id: str
    http: Http


@dataclass(frozen=True)
class Cloud:
    admin: Http
    roles: dict[str, str]
    red: Tenant
    blue: Tenant


async def furnish(admin: Http) -> Cloud:
    """Project red with user rose, project blue with user bill; each is a member of their own."""
    roles = {role["name"]: role["id"] for role in (await admin.must("GET", "/v3/roles"))["roles"]}
    red = await add_tenant(admin, roles, "red", "rose")
    blue = await add_tenant(admin, roles, "blue", "bill")
    return Cloud(admin, roles, red, blue)


async def add_tenant(admin: Http, roles: dict[str, str], project: str, user: str) -> Tenant:
    project_id = (await admin.must("POST", "/v3/projects", {"project": {"name": project}}))["project"]["id"]
    account = {"name": user, "password": PASSWORD}
    user_id = (await admin.must("POST", "/v3/users", {"user": account}))["user"]["id"]
    await admin.must("PUT", f"/v3/projects/{project_id}/users/{user_id}/roles/{roles['member']}")
    token = await admin.token_of(by_password(user, PASSWORD, on_project(project)))
    return Tenant(project, project_id, user, user_id, admin.bearing(token))


@asynccontextmanager
async def without_token(server: IdentityServer) -> AsyncIterator[Http]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Http(server, session)


async def as_admin(anonymous: Http, server: IdentityServer) -> Http:
    """HTTP with an administrator's token."""
    auth = by_password("admin", server.admin_password, on_project("admin"))
    return anonymous.bearing(await anonymous.token_of(auth))
