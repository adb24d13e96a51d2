"""Asks the lab's own APIs, as a client would, whether a server could be created now."""

from functools import partial

import aiohttp

from deploy.lab.daemons.waiting import until
from deploy.lab.settings_files import admin_password
from deploy.lab.state import State

TIMEOUT_S = 60.0
EVERY_S = 0.25
"""Each question is a line in control's log."""


async def wait_for_hypervisor(state: State) -> None:
    """Return when control reports a hypervisor that is up.

    Raises TimeoutError, and ConnectionError when control does not answer or refuses.
    """
    try:
        async with aiohttp.ClientSession(state.url, raise_for_status=True) as session:
            token = await _token(session, admin_password(state))
            await until(partial(_hypervisor_is_up, session, token), TIMEOUT_S, EVERY_S)
    except aiohttp.ClientError as error:
        raise ConnectionError(f"control: {error}") from error


async def _hypervisor_is_up(session: aiohttp.ClientSession, token: str) -> bool:
    async with session.get("/compute/v2.1/os-hypervisors", headers={"X-Auth-Token": token}) as answer:
        hypervisors = (await answer.json())["hypervisors"]
    return any(hypervisor["state"] == "up" for hypervisor in hypervisors)


async def _token(session: aiohttp.ClientSession, password: str) -> str:
    domain = {"id": "default"}
    user = {"name": "admin", "domain": domain, "password": password}
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "admin", "domain": domain}},
        }
    }
    async with session.post("/identity/v3/auth/tokens", json=body) as answer:
        return answer.headers["X-Subject-Token"]
