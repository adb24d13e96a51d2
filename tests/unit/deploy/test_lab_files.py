"""The files that the lab writes are what their readers expect."""

import subprocess
from pathlib import Path

import pytest

from compute.agent.settings import AgentSettings
from deploy.lab.client_files import render_env, write_client_files
from deploy.lab.settings_files import (
    admin_password,
    agent_file,
    control_file,
    write_settings,
)
from deploy.lab.state import State
from deploy.settings import ControlSettings
from runtime.settings import load


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A lab whose path needs quoting wherever it is written."""
    state = State.at(Path('/tmp/a lab\'s "place"'))
    moved = State(tmp_path / state.directory.name)
    moved.prepare()
    return moved


def test_control_can_read_its_settings(state: State) -> None:
    write_settings(state)
    settings = load(ControlSettings, control_file(state))
    assert settings.http.port == state.port
    assert settings.http.socket == state.control_socket
    assert settings.bootstrap is not None
    assert settings.bootstrap.admin_password.reveal() == admin_password(state)
    assert settings.bootstrap.base_url == state.url


def test_agent_can_read_its_settings_and_signs_in_as_bootstrap_made_it(state: State) -> None:
    write_settings(state)
    control, agent = load(ControlSettings, control_file(state)), load(AgentSettings, agent_file(state))
    assert control.bootstrap is not None
    (account,) = control.bootstrap.agents
    assert agent.control.user == f"agent-{account.host}"
    assert agent.control.password == account.password


def test_secrets_survive_and_are_for_their_owner(state: State) -> None:
    write_settings(state)
    before = admin_password(state)
    write_settings(state)
    write_client_files(state)
    assert admin_password(state) == before
    secret = [*state.settings.iterdir(), state.clouds_file]
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_shell_reads_back_what_env_says(state: State) -> None:
    state.env_file.write_text(render_env(state, Path("/some where/bin")))
    script = 'source "$1" && printf "%s\\n" "$OS_CLIENT_CONFIG_FILE" "$OUTSIDE" "${PATH%%:*}"'
    shell = subprocess.run(["bash", "-c", script, "bash", state.env_file], capture_output=True, text=True, check=True)
    outside = f"ip netns exec {state.internet_namespace.name}"
    assert shell.stdout.splitlines() == [str(state.clouds_file), outside, "/some where/bin"]
