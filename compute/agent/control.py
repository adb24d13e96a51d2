"""What the agent asks control for over HTTP: tokens for itself and the bytes of images."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import aiohttp

from compute.agent import faults
from compute.agent.settings import ControlAccess

_CHUNK_BYTES = 1 << 20
_RENEW_BEFORE = timedelta(minutes=5)
_NEVER = datetime.min.replace(tzinfo=UTC)
_CONNECT_TIMEOUT_S = 10.0
_SILENCE_TIMEOUT_S = 30.0


class Control:
    """An HTTP session with control; use as an async context manager."""

    def __init__(self, access: ControlAccess) -> None:
        self._access = access
        self._token = ""
        self._good_until = _NEVER
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> "Control":
        socket = self._access.socket
        self._http = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(socket) if socket else aiohttp.TCPConnector(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT_S, sock_read=_SILENCE_TIMEOUT_S),
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._http.close()

    async def token(self) -> str:
        """A token that is good for some minutes more. Raises ControlAway."""
        async with self._renewing:
            if datetime.now(UTC) > self._good_until:
                await self._renew()
            return self._token

    async def fresh_token(self) -> str:
        """A new token, for when the one before may have been refused. Raises ControlAway."""
        async with self._renewing:
            await self._renew()
            return self._token

    @asynccontextmanager
    async def download_image(self, image_id: UUID) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of an image in chunks. Raises ControlAway when they stop early, ImageUnavailable when refused."""
        headers = {"X-Auth-Token": await self.token()}
        url = f"{self._access.url}/image/v2/images/{image_id}/file"
        try:
            async with self._http.get(url, headers=headers) as answer:
                await self._require_ok(answer)
                yield answer.content.iter_chunked(_CHUNK_BYTES)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise faults.ControlAway("control did not send the image", repr(error)) from error

    async def _require_ok(self, answer: aiohttp.ClientResponse) -> None:
        if answer.status == 401:
            self._good_until = _NEVER
            raise faults.ControlAway("control refused the agent's token")
        if answer.status >= 500:
            raise faults.ControlAway("control could not send the image", str(answer.status))
        if answer.status != 200:
            raise faults.ImageUnavailable("control has no such image for this agent", str(answer.status))

    async def _renew(self) -> None:
        url = f"{self._access.url}/identity/v3/auth/tokens"
        try:
            async with self._http.post(url, json=self._login()) as answer:
                if answer.status != 201:
                    raise faults.ControlAway("control does not know the agent's user", str(answer.status))
                body = await answer.json()
                self._good_until = datetime.fromisoformat(body["token"]["expires_at"]) - _RENEW_BEFORE
                self._token = answer.headers["X-Subject-Token"]
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise faults.ControlAway("control gave no token", repr(error)) from error

    def _login(self) -> dict:
        access = self._access
        user = {
            "name": access.user,
            "domain": {"name": access.user_domain},
            "password": access.password.reveal(),
        }
        scope = {"project": {"name": access.project, "domain": {"name": access.project_domain}}}
        return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
