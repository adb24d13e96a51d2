"""A control plane without hypervisors: PostgreSQL that keeps what it acknowledged, OVN's databases, `meridian control`.

    async with running_plane(northbound remotes) as plane:
        async with plane.control() as control: ...          a process of its own, killed and started as a test likes

PostgreSQL syncs here, unlike elsewhere in the tests: what is lost when it is killed is the question.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from deploy.lab.daemons.meridian import Control, run_meridian
from deploy.lab.daemons.ovn import northbound_server, southbound_server
from deploy.lab.daemons.postgres import Postgres
from deploy.lab.settings_files import (
    DATABASE,
    admin_password,
    control_file,
    render_control,
    write_settings,
)
from deploy.lab.state import State
from runtime.database import DatabaseSettings
from tests.daemons.sandbox import sandbox

SETTLE_TIMEOUT_S = 1.0


class CrashingControl(Control):
    """Control that ends itself at its first passage of a crash point (see runtime.crashpoints), if one is named."""

    crash_at: str | None = None

    def environment(self) -> dict[str, str]:
        return super().environment() | ({"CRASHPOINT": f"{self.crash_at}:1"} if self.crash_at else {})


@dataclass(frozen=True)
class Plane:
    """What outlives control; `northbound` is the remote that control writes to."""

    state: State
    postgres: Postgres
    northbound: str

    @property
    def database(self) -> DatabaseSettings:
        return DatabaseSettings(host=str(self.state.postgres), name=DATABASE, user=DATABASE)

    def control(self, crash_at: str | None = None) -> CrashingControl:
        """A control process that is not started yet."""
        control = CrashingControl(control_file(self.state), self.state.control_socket, self.state.run, self.state.logs)
        control.crash_at = crash_at
        return control

    @asynccontextmanager
    async def api(self) -> AsyncIterator["Api"]:
        """The network API as the administrator asks it; control must run."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
            yield Api(session, self.state.url, await self._token(session))

    async def _token(self, session: aiohttp.ClientSession) -> str:
        domain = {"id": "default"}
        user = {"name": "admin", "domain": domain, "password": admin_password(self.state)}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "admin", "domain": domain}},
        }
        async with session.post(f"{self.state.url}/identity/v3/auth/tokens", json={"auth": auth}) as answer:
            assert answer.status == 201, await answer.text()
            return answer.headers["X-Subject-Token"]


@dataclass(frozen=True)
class Api:
    """`ask` gives the status and the body; it raises what aiohttp raises when the outcome is unknown."""

    session: aiohttp.ClientSession
    url: str
    token: str

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"X-Auth-Token": self.token}
        async with self.session.request(
            method, f"{self.url}/network/v2.0/{path}", json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def make(self, noun: str, **attributes: Any) -> str:
        """The id of a new resource. Raises AssertionError when it is refused."""
        status, body = await self.ask("POST", f"{noun}s", {noun: attributes})
        assert status == 201, body
        return body[noun]["id"]


@asynccontextmanager
async def running_plane(northbound: str | None = None) -> AsyncIterator[Plane]:
    """PostgreSQL and OVN's databases, bootstrapped; a northbound server of its own unless one is named."""
    with sandbox("plane") as directory:
        state = State.at(directory)
        state.prepare()
        own = northbound_server(state.ovn, state.logs)
        southbound = southbound_server(state.ovn, state.logs)
        plane = Plane(state, Postgres(state.postgres, state.logs), northbound or own.remote)
        try:
            await asyncio.gather(plane.postgres.start(), southbound.start(), *([] if northbound else [own.start()]))
            await plane.postgres.ensure_database(DATABASE)
            _write_settings(state, own.remote, plane.northbound)
            await run_meridian("bootstrap", control_file(state))
            yield plane
        finally:
            await asyncio.gather(plane.postgres.stop(), southbound.stop(), own.stop())


def _write_settings(state: State, own: str, northbound: str) -> None:
    """The lab's settings with another northbound remote, and little patience with it."""
    write_settings(state)
    text = render_control(state).replace(own, northbound)
    settled = text.replace("[ovn.northbound]", f"[ovn]\nsettle_timeout_s = {SETTLE_TIMEOUT_S}\n\n[ovn.northbound]")
    file = Path(control_file(state))
    file.write_text(settled)
    os.chmod(file, 0o600)
