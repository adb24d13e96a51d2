"""A control process's identity API on a loopback port, and the official clients as its subjects."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.daemons.identity import IdentityServer
from tests.daemons.slapd import Corp
from tests.directories import Company, found_company
from tests.identity_http import Http
from tests.official.client import Ran, run_openstack
from tests.tenants import Cloud, as_admin, furnish, without_token

OpenStack = Callable[..., Awaitable[Ran]]


@pytest.fixture
async def anonymous(identity_server: IdentityServer) -> AsyncIterator[Http]:
    async with without_token(identity_server) as http:
        yield http


@pytest.fixture
async def admin(anonymous: Http, identity_server: IdentityServer) -> Http:
    return await as_admin(anonymous, identity_server)


@pytest.fixture
async def cloud(admin: Http) -> Cloud:
    return await furnish(admin)


@pytest.fixture
async def company(corp: Corp, admin: Http, cloud: Cloud) -> Company:
    """The cloud has a domain corp, kept by the directory of that company."""
    return await found_company(corp, admin, cloud)


@pytest.fixture
def openstack(identity_server: IdentityServer) -> OpenStack:
    """`await openstack("project", "list", ...)` as administrator; keywords replace OS_ variables."""

    async def run(*arguments: str, must: bool = True, **replaced: str) -> Ran:
        environ = {
            "OS_AUTH_URL": identity_server.url,
            "OS_IDENTITY_API_VERSION": "3",
            "OS_USERNAME": "admin",
            "OS_PASSWORD": identity_server.admin_password,
            "OS_PROJECT_NAME": "admin",
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": "RegionOne",
        } | replaced
        ran = await run_openstack({name: value for name, value in environ.items() if value}, *arguments)
        assert not must or ran.code == 0, f"openstack {' '.join(arguments)}: {ran.err}\n{ran.out}"
        return ran

    return run
