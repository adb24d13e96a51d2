"""Two control processes of one cloud: what one does to rights, the other must know."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from identity.settings import IdentitySettings
from runtime.database import DatabaseSettings
from tests.daemons.identity import IdentityServer, serve_identity
from tests.daemons.sandbox import free_port
from tests.identity_http import Http, by_password, on_project
from tests.tenants import Cloud, furnish


@dataclass(frozen=True)
class TwoProcesses:
    """`cloud` speaks to the first process; `second` is HTTP to the other one."""

    cloud: Cloud
    second: Http


@asynccontextmanager
async def a_second_process(
    first: IdentityServer, settings: IdentitySettings, database_settings: DatabaseSettings
) -> AsyncIterator[TwoProcesses]:
    async with (
        serve_identity(settings, database_settings, free_port()) as other,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        http = Http(first, session)
        auth = by_password("admin", first.admin_password, on_project("admin"))
        admin = http.bearing(await http.token_of(auth))
        yield TwoProcesses(await furnish(admin), Http(other, session))


async def until_refused(http: Http) -> None:
    async with asyncio.timeout(10):
        while (await http.get("/v3/auth/projects")).status != 401:
            await asyncio.sleep(0.01)
