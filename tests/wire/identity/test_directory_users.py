"""A domain whose users a real directory keeps: logins, roles, lists, and what is refused."""

from dataclasses import dataclass

import pytest

from tests.daemons.slapd import Corp
from tests.identity_http import Http, by_password
from tests.tenants import Cloud
from tests.wire.identity.conftest import OpenStack

pytestmark = pytest.mark.real


@dataclass
class Company:
    """Domain corp, kept by the directory; `system` bears a token on the system."""

    corp: Corp
    system: Http
    domain_id: str

    async def set(self, **options: object) -> None:
        config = {"identity": {"driver": "ldap"}, "ldap": {**self.corp.options, **options}}
        await self.system.must("PUT", f"/v3/domains/{self.domain_id}/config", {"config": config})

    async def user(self, name: str) -> dict[str, object]:
        found = await self.system.must("GET", f"/v3/users?domain_id={self.domain_id}&name={name}")
        (user,) = found["users"]
        return user


def as_user(name: str, password: str, scope: object = None) -> dict[str, object]:
    return by_password(name, password, scope, domain={"name": "corp"})


@pytest.fixture
async def company(corp: Corp, admin: Http, cloud: Cloud) -> Company:
    auth = by_password("admin", admin.server.admin_password, {"system": {"all": True}})
    system = admin.bearing(await admin.token_of(auth))
    domain = (await admin.must("POST", "/v3/domains", {"domain": {"name": "corp"}}))["domain"]
    found = Company(corp, system, domain["id"])
    await found.set()
    return found


async def test_directory_user_signs_in_and_works_in_a_project(company: Company, openstack: OpenStack) -> None:
    listed = await openstack("user", "list", "--domain", "corp", "-f", "value", "-c", "Name")
    assert sorted(listed.words) == ["bill", "rose"]
    await openstack("role", "add", "--user", "rose", "--user-domain", "corp", "--project", "red", "member")
    rose = {"OS_USERNAME": "rose", "OS_PASSWORD": "rose's password", "OS_USER_DOMAIN_NAME": "corp"}
    issued = await openstack("token", "issue", "-f", "value", "-c", "user_id", OS_PROJECT_NAME="red", **rose)
    assert issued.out == (await company.user("rose"))["id"]
