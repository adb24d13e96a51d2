"""Plain HTTP against the identity API: what a client that we did not write could send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.daemons.identity import IdentityServer

DEFAULT = {"id": "default"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class Http:
    """Sends as the bearer of `token`; None sends none. Paths start with `/v3`."""

    server: IdentityServer
    session: aiohttp.ClientSession
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    async def send(
        self, method: str, path: str, content: Any = None, *, data: bytes | None = None, **headers: str
    ) -> Answer:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent = {"X-Auth-Token": self.token} | sent
        body = {"data": data} if data is not None else {"json": content} if content is not None else {}
        async with self.session.request(method, self.server.url + path, headers=sent, **body) as response:
            raw = await response.read()
            return Answer(response.status, await response.json() if raw else None, response.headers.copy())

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, **headers)

    async def must(self, method: str, path: str, content: Any = None) -> Any:
        """The body of an answer that is no refusal."""
        answer = await self.send(method, path, content)
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.body}"
        return answer.body

    async def sign_in(self, auth: Mapping[str, Any]) -> Answer:
        return await self.send("POST", "/v3/auth/tokens", {"auth": auth})

    async def token_of(self, auth: Mapping[str, Any]) -> str:
        answer = await self.sign_in(auth)
        assert answer.status == 201, answer.body
        return answer.headers["X-Subject-Token"]

    def bearing(self, token: str | None) -> "Http":
        return Http(self.server, self.session, token)


def by_password(
    name: str, password: str | None, scope: Any = None, domain: Mapping[str, str] = DEFAULT
) -> dict[str, Any]:
    user = {"name": name, "domain": domain, "password": password}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    return auth | ({"scope": scope} if scope is not None else {})


def by_token(token: str, scope: Any = None) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["token"], "token": {"id": token}}}
    return auth | ({"scope": scope} if scope is not None else {})


def on_project(name: str) -> dict[str, Any]:
    return {"project": {"name": name, "domain": DEFAULT}}
