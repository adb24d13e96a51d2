"""One settings file for each process of the lab, and the secrets that they name."""

from pathlib import Path

from deploy.lab.private_files import secret_in, write_private
from deploy.lab.state import State

DATABASE = "meridian"
HOST_NAME = "host-1"


def control_file(state: State) -> Path:
    return state.settings / "control.toml"


def agent_file(state: State) -> Path:
    return state.settings / "agent.toml"


def write_settings(state: State) -> str:
    """Write both files, making the secrets at the first call. Returns the administrator's password."""
    admin_password = secret_in(state.settings / "admin-password")
    secret_in(state.settings / "agent-password")
    write_private(control_file(state), "")
    write_private(agent_file(state), "")
    return admin_password
