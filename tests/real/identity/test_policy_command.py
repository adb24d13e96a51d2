"""`meridian policy check --user`: with the roles that a user of the cloud has there, groups and implied ones included."""

import asyncio
from pathlib import Path

import pytest

from deploy.policy_commands import main
from runtime.database import DatabaseSettings
from tests.real.identity.operators import settings_file
from tests.tenants import Cloud

CREATE, READ = "network:create_network", "network:get_network"


async def test_verdict_is_of_the_roles_that_the_user_has_there(
    cloud: Cloud, database_settings: DatabaseSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_file(tmp_path, database_settings)

    async def status(*words: str) -> int:
        return await asyncio.to_thread(main, ["check", "--settings", settings, *words])

    assert await status("--user", "rose", "--project", "red", CREATE) == 0
    assert await status("--user", cloud.red.user_id, "--project", cloud.red.project_id, CREATE) == 0
    assert await status("--user", "rose", "--project", "blue", CREATE) == 1
    assert "the roles are none" in capsys.readouterr().out
    assert await status("--user", "admin", "--system-scope", "identity:delete_user") == 0
    assert await status("--user", "rose", "--system-scope", "identity:delete_user") == 1
    assert await status("--user", "nobody", "--project", "red", CREATE) == 2
    assert "nobody" in capsys.readouterr().err


async def test_role_held_through_a_group_counts(
    cloud: Cloud, database_settings: DatabaseSettings, tmp_path: Path
) -> None:
    admin, rose = cloud.admin, cloud.red.user_id
    group = (await admin.must("POST", "/v3/groups", {"group": {"name": "readers"}}))["group"]["id"]
    await admin.must("PUT", f"/v3/groups/{group}/users/{rose}")
    grant = f"/v3/projects/{cloud.blue.project_id}/groups/{group}/roles/{cloud.roles['reader']}"
    await admin.must("PUT", grant)
    words = ["check", "--settings", settings_file(tmp_path, database_settings), "--user", "rose", "--project", "blue"]
    assert await asyncio.to_thread(main, [*words, READ]) == 0
    assert await asyncio.to_thread(main, [*words, CREATE]) == 1
