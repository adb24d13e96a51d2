"""A domain that a real directory keeps."""

from dataclasses import dataclass
from typing import Any

from tests.daemons.slapd import Corp
from tests.identity_http import Answer, Http, by_password
from tests.tenants import Cloud


@dataclass
class Company:
    """Domain corp, kept by the directory; `system` bears a token on the system."""

    corp: Corp
    cloud: Cloud
    system: Http
    domain_id: str

    async def set(self, **options: object) -> None:
        config = {"identity": {"driver": "ldap"}, "ldap": {**self.corp.options, **options}}
        await self.system.must("PUT", f"/v3/domains/{self.domain_id}/config", {"config": config})

    async def users(self, query: str = "") -> list[dict[str, Any]]:
        return (await self.system.must("GET", f"/v3/users?domain_id={self.domain_id}&{query}"))["users"]

    async def id_of(self, name: str) -> str:
        (user,) = await self.users(f"name={name}")
        return user["id"]

    async def group_id(self, name: str) -> str:
        path = f"/v3/groups?domain_id={self.domain_id}&name={name}"
        (group,) = (await self.system.must("GET", path))["groups"]
        return group["id"]

    def role_on_red(self, actor: str, role: str = "member") -> str:
        """The path of a grant; `actor` is `users/ID` or `groups/ID`."""
        return f"/v3/projects/{self.cloud.red.project_id}/{actor}/roles/{self.cloud.roles[role]}"

    async def sign_in(self, name: str, password: str | None, scope: object = None) -> Answer:
        return await self.system.bearing(None).sign_in(by_password(name, password, scope, {"name": "corp"}))

    async def bearer(self, name: str, scope: object = None) -> Http:
        """Somebody of the directory, whose password is `NAME's password`."""
        answer = await self.sign_in(name, f"{name}'s password", scope)
        assert answer.status == 201, answer.body
        return self.system.bearing(answer.headers["X-Subject-Token"])

    async def validity(self, token: str | None) -> int:
        """What an administrator is told who has the token checked."""
        return (await self.system.get("/v3/auth/tokens", X_Subject_Token=token or "")).status


async def found_company(corp: Corp, admin: Http, cloud: Cloud) -> Company:
    """Domain corp, kept by the directory from now on."""
    auth = by_password("admin", admin.server.admin_password, {"system": {"all": True}})
    system = admin.bearing(await admin.token_of(auth))
    domain = (await admin.must("POST", "/v3/domains", {"domain": {"name": "corp"}}))["domain"]
    found = Company(corp, cloud, system, domain["id"])
    await found.set()
    return found
