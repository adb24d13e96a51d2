"""The official clients, pointed at the network API."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import openstack
import pytest
from openstack.connection import Connection

from tests.daemons.network import NetworkServer
from tests.official.client import Ran, run_openstack

Client = Callable[..., Awaitable[Any]]


def environment(server: NetworkServer) -> dict[str, str]:
    return {
        "OS_AUTH_URL": server.auth_url,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USERNAME": "admin",
        "OS_PASSWORD": server.admin_password,
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": "RegionOne",
    }


@pytest.fixture
def client(network_server: NetworkServer) -> Client:
    """`await client("network", "show", "n")` as administrator: the decoded JSON, or None where nothing is said."""

    async def run(*arguments: str, must: bool = True, silent: bool = False) -> Any:
        form = [] if silent else ["-f", "json"]
        ran: Ran = await run_openstack(environment(network_server), *arguments, *form)
        assert not must or ran.code == 0, f"openstack {' '.join(arguments)}: {ran.err}\n{ran.out}"
        return ran if not must else json.loads(ran.out) if ran.out else None

    return run


@pytest.fixture
async def sdk(network_server: NetworkServer) -> Connection:
    """openstacksdk, which blocks: call it in a thread (`await asyncio.to_thread(...)`)."""
    words = environment(network_server)
    return await asyncio.to_thread(
        openstack.connect,
        auth_url=words["OS_AUTH_URL"],
        username="admin",
        password=words["OS_PASSWORD"],
        project_name="admin",
        user_domain_name="Default",
        project_domain_name="Default",
        region_name="RegionOne",
    )
