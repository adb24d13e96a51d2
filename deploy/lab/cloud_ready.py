"""Asks the lab's own APIs, as a client would, whether a server could be created now."""

import aiohttp

from deploy.lab.daemons.waiting import until
from deploy.lab.settings_files import admin_password
from deploy.lab.state import State

TIMEOUT_S = 60.0


async def wait_for_hypervisor(state: State) -> None:
    """Return when control reports a hypervisor that is up.

    Raises TimeoutError, and aiohttp.ClientError (an OSError where nobody answers) when control refuses.
    """
    async with aiohttp.ClientSession(state.url, raise_for_status=True) as session:
        headers = {"X-Auth-Token": await _token(session, admin_password(state))}

        async def is_up() -> bool:
            async with session.get("/compute/v2.1/os-hypervisors", headers=headers) as answer:
                hypervisors = (await answer.json())["hypervisors"]
            return any(hypervisor["state"] == "up" for hypervisor in hypervisors)

        await until(is_up, TIMEOUT_S)


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
