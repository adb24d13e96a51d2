"""A control process's identity API on a loopback port, and the official clients as its subjects."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.daemons.identity import IdentityServer
from tests.tenants import admin, anonymous, cloud  # noqa: F401


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> list[str]:
        return self.out.split()


OpenStack = Callable[..., Awaitable[Ran]]
HOME = Path(sys.executable).parents[1] / "client-home"
"""Of the official client, which keeps there what it found out about its plugins; nobody's own settings are in it."""


async def run_openstack(environ: dict[str, str], *arguments: str) -> Ran:
    program = Path(sys.executable).with_name("openstack")
    process = await asyncio.create_subprocess_exec(
        str(program),
        *arguments,
        env={"PATH": os.environ["PATH"], "HOME": str(HOME), "LC_ALL": "C.UTF-8", **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ran(process.returncode or 0, out.decode().strip(), err.decode().strip())


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
