"""`meridian audit list` shows an operator what the API shows an auditor."""

import asyncio
import json
from pathlib import Path

import pytest

from deploy.audit_commands import main
from runtime.database import DatabaseSettings
from tests.real.identity.operators import settings_file
from tests.tenants import Cloud


async def test_list_names_who_did_what(
    cloud: Cloud, database_settings: DatabaseSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_file(tmp_path, database_settings)
    project = {"project": {"name": "a\nb"}}
    project_id = (await cloud.admin.must("POST", "/v3/projects", project))["project"]["id"]

    async def said(*words: str) -> str:
        capsys.readouterr()
        assert await asyncio.to_thread(main, ["list", "--settings", settings, *words]) == 0
        return capsys.readouterr().out

    (line,) = (await said("--target", project_id)).splitlines()
    assert f"success create identity/projects/{project_id} by admin" in line
    event = json.loads(await said("--target", project_id, "--json"))
    assert event["target"] == {"typeURI": "identity/projects", "id": project_id}
    assert len((await said("--action", "create", "--limit", "2")).splitlines()) == 2
    assert await asyncio.to_thread(main, ["list", "--settings", settings, "--since", "soon"]) == 2
    assert "since" in capsys.readouterr().err
