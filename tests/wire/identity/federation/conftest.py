"""A cloud that trusts a provider: an identity provider `forge` with the protocol `openid`, and what its mapping gives."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from identity.federation.oidc.settings import OidcProvider
from identity.settings import IdentitySettings
from runtime.settings import Secret
from tests.daemons.oidc.provider import OidcServer
from tests.identity_http import Answer, Http, by_token
from tests.tenants import Cloud

PREFIX = "/v3/OS-FEDERATION"
NAMED = {"user": {"name": "{0}", "id": "{1}", "email": "{2}"}}
WHO = [{"type": "OIDC-preferred_username"}, {"type": "OIDC-sub"}, {"type": "HTTP_OIDC_EMAIL"}]
GARDENERS = {
    "local": [{"groups": "{0}", "domain": {"id": "default"}}],
    "remote": [{"type": "OIDC-groups", "whitelist": ["gardeners"]}],
}
RULES = [{"local": [NAMED], "remote": WHO}, GARDENERS]


@pytest.fixture
def identity_settings(identity_settings: IdentitySettings, oidc: OidcServer) -> IdentitySettings:
    return msgspec.structs.replace(identity_settings, oidc=(trusted(oidc),), address_failures=0)


def trusted(oidc: OidcServer, **more: Any) -> OidcProvider:
    return OidcProvider(issuer=oidc.issuer, audiences=("meridian",), clients=("openstack-cli",), **more)


def with_secret(oidc: OidcServer, **more: Any) -> OidcProvider:
    """Trusted, and we have a name there."""
    return trusted(oidc, client_id="meridian", client_secret=Secret("secret-of-control"), **more)


@dataclass
class Forge:
    """The identity provider, as an administrator sees it (`admin`) and as its users do (`anonymous`).

    The group `gardeners` is a member on project red; `roles` are by name.
    """

    cloud: Cloud
    oidc: OidcServer
    anonymous: Http
    group_id: str
    domain_id: str
    idp: str = "forge"
    protocol: str = "openid"

    @property
    def admin(self) -> Http:
        return self.cloud.admin

    @property
    def place(self) -> str:
        return f"{PREFIX}/identity_providers/{self.idp}"

    async def sign_in(self, token: str | None, method: str = "POST", **headers: str) -> Answer:
        """What the protocol answers to a token of the provider."""
        bearer = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return await self.anonymous.send(method, f"{self.place}/protocols/{self.protocol}/auth", **bearer, **headers)

    async def unscoped(self, user: str = "fern", **form: str) -> str:
        answer = await self.sign_in(await self.oidc.token_of(user, **form))
        assert answer.status == 201, answer.body
        return answer.headers["X-Subject-Token"]

    async def scoped(self, token: str, project_id: str | None = None) -> str:
        return await self.anonymous.token_of(by_token(token, on(project_id or self.cloud.red.project_id)))

    async def set_rules(self, rules: list[Any], **more: Any) -> None:
        await self.admin.must("PATCH", f"{PREFIX}/mappings/people", {"mapping": {"rules": rules, **more}})


def on(project_id: str) -> dict[str, Any]:
    return {"project": {"id": project_id}}


@pytest.fixture
async def forge(cloud: Cloud, anonymous: Http, oidc: OidcServer) -> Forge:
    admin = cloud.admin
    group_id = (await admin.must("POST", "/v3/groups", {"group": {"name": "gardeners"}}))["group"]["id"]
    await admin.must("PUT", f"/v3/projects/{cloud.red.project_id}/groups/{group_id}/roles/{cloud.roles['member']}")
    await admin.must("PUT", f"{PREFIX}/mappings/people", {"mapping": {"rules": RULES}})
    idp = await add_provider(admin, "forge", [oidc.issuer])
    return Forge(cloud, oidc, anonymous, group_id, idp["domain_id"])


async def add_provider(admin: Http, name: str, remote_ids: list[str], **more: Any) -> dict[str, Any]:
    place = f"{PREFIX}/identity_providers/{name}"
    draft = {"remote_ids": remote_ids, "enabled": True, **more}
    idp = (await admin.must("PUT", place, {"identity_provider": draft}))["identity_provider"]
    await admin.must("PUT", f"{place}/protocols/openid", {"protocol": {"mapping_id": "people"}})
    return idp
