"""The running provider, as tests see it: tokens by its own grants, and the strings behind its scenes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.daemons.sandbox import free_port, sandbox

ROOT = Path(__file__).parents[3]
START_S = 30.0
SECRETS = {"openstack-cli": "secret-of-cli", "other-app": "secret-of-other", "meridian": "secret-of-control"}


@dataclass
class OidcServer:
    """`issuer` is where it answers."""

    issuer: str
    session: aiohttp.ClientSession
    tls: dict[str, Any] = field(default_factory=dict)

    async def grant(self, client: str = "openstack-cli", **form: str) -> str:
        """The access token of a grant."""
        headers = {"Authorization": aiohttp.encode_basic_auth(client, SECRETS[client])}
        async with self.session.post(f"{self.issuer}/token", data=form, headers=headers, **self.tls) as answer:
            body = await answer.json()
            assert answer.status == 200, body
            return body["access_token"]

    async def token_of(self, user: str, scope: str = "openid profile", client: str = "openstack-cli") -> str:
        return await self.grant(client, grant_type="password", username=user, password=f"{user}'s", scope=scope)

    async def rotate(self, kind: str = "RSA", keep: int = 0) -> str:
        return (await self._test("rotate", {"kind": kind, "keep": keep}))["kid"]

    async def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token with any claims and header, signed by the provider's own key."""
        return (await self._test("sign", {"claims": claims, "header": header}))["token"]

    async def get_into_trouble(self, **places: str) -> None:
        """What a path answers from now on instead: "away", "large", nothing ("silent"), some JSON, or a redirection to that place."""
        await self._test("trouble", {f"/{path}": what for path, what in places.items()})

    async def asked(self) -> list[str]:
        async with self.session.get(f"{self.issuer}/test/asked", **self.tls) as answer:
            return await answer.json()

    async def _test(self, what: str, content: Any) -> Any:
        async with self.session.post(f"{self.issuer}/test/{what}", json=content, **self.tls) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def run_provider(*tls: Path) -> AsyncIterator[OidcServer]:
    """With a certificate and its key it answers by https, and tests do not check it."""
    port = free_port()
    scheme = "https" if tls else "http"
    with sandbox("oidc") as directory, (directory / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.daemons.oidc", str(port), *map(str, tls)),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=log,
            stderr=log,
        )
        try:
            async with aiohttp.ClientSession() as session:
                server = OidcServer(f"{scheme}://127.0.0.1:{port}", session, {"ssl": False} if tls else {})
                await _answers(server, process)
                yield server
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answers(server: OidcServer, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_S):
        while process.returncode is None:
            try:
                await server.asked()
                return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    raise RuntimeError("the provider did not start")


@pytest.fixture
async def oidc() -> AsyncIterator[OidcServer]:
    async with run_provider() as server:
        yield server
