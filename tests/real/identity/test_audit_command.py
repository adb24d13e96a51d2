"""`meridian audit list` shows an operator what the API shows an auditor."""

import asyncio
import json
from pathlib import Path

import pytest

from deploy.audit_commands import main
from runtime.database import DatabaseSettings
from tests.tenants import Cloud

SETTINGS = """\
[database]
host = "{host}"
name = "{name}"
user = "{user}"
[identity]
key_directory = "/nonexistent"
[images]
directory = "/nonexistent"
[ovn.northbound]
remotes = "unix:/nonexistent"
[ovn.southbound]
remotes = "unix:/nonexistent"
"""


async def test_list_names_who_did_what(
    cloud: Cloud, database_settings: DatabaseSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "control.toml"
    where = {"host": database_settings.host, "name": database_settings.name, "user": database_settings.user}
    settings.write_text(SETTINGS.format(**where))
    project = {"project": {"name": "a\nb"}}
    project_id = (await cloud.admin.must("POST", "/v3/projects", project))["project"]["id"]

    async def said(*words: str) -> str:
        capsys.readouterr()
        assert await asyncio.to_thread(main, ["list", "--settings", str(settings), *words]) == 0
        return capsys.readouterr().out

    (line,) = (await said("--target", project_id)).splitlines()
    assert f"success create identity/projects/{project_id} by admin" in line
    event = json.loads(await said("--target", project_id, "--json"))
    assert event["target"] == {"typeURI": "identity/projects", "id": project_id}
    assert len((await said("--action", "create", "--limit", "2")).splitlines()) == 2
    assert await asyncio.to_thread(main, ["list", "--settings", str(settings), "--since", "soon"]) == 2
    assert "since" in capsys.readouterr().err
