"""One settings file for each process of the lab, and the secrets that they name.

The shapes are `deploy.settings.ControlSettings` and `compute.agent.settings.AgentSettings`.
"""

import json
from pathlib import Path

from deploy.lab.daemons.libvirt import connection_uri
from deploy.lab.daemons.ovn import northbound_server, southbound_server
from deploy.lab.daemons.ovs import switch_database
from deploy.lab.private_files import secret_in, write_private
from deploy.lab.state import State

DATABASE = "meridian"
HOST_NAME = "host-1"

CONTROL = """\
[http]
port = {port}
socket = {socket}

[metrics]
port = {metrics_port}

[database]
host = {postgres}
name = {database}
user = {database}

[identity]
key_directory = {keys}
public_url = {identity_url}

[images]
directory = {images}

[ovn.northbound]
remotes = {northbound}

[ovn.southbound]
remotes = {southbound}

[bootstrap]
base_url = {url}
admin_password = {{ file = {admin_password} }}

[[bootstrap.agents]]
host = {host}
password = {{ file = {agent_password} }}
"""

AGENT = """\
host = {host}
state_dir = {directory}
ovsdb = {ovsdb}
libvirt_uri = {libvirt_uri}

[control]
url = {url}
socket = {socket}
user = {user}
password = {{ file = {agent_password} }}
"""


def control_file(state: State) -> Path:
    return state.settings / "control.toml"


def agent_file(state: State) -> Path:
    return state.settings / "agent.toml"


def admin_password(state: State) -> str:
    """The administrator's password, made at the first call: hexadecimal."""
    return secret_in(_admin_password_file(state))


def write_settings(state: State) -> None:
    """Write both files, making the secrets that they name at the first call."""
    secret_in(_admin_password_file(state))
    secret_in(_agent_password_file(state))
    write_private(control_file(state), render_control(state))
    write_private(agent_file(state), render_agent(state))


def render_control(state: State) -> str:
    """The settings of `meridian control` and `meridian bootstrap`."""
    return _render(
        CONTROL,
        port=state.port,
        socket=state.control_socket,
        metrics_port=state.metrics_port,
        postgres=state.postgres,
        database=DATABASE,
        keys=state.settings / "keys",
        identity_url=f"{state.url}/identity",
        images=state.directory / "store",
        northbound=northbound_server(state.ovn).remote,
        southbound=southbound_server(state.ovn).remote,
        url=state.url,
        admin_password=_admin_password_file(state),
        host=HOST_NAME,
        agent_password=_agent_password_file(state),
    )


def render_agent(state: State) -> str:
    """The settings of `meridian agent` on the lab's only host."""
    return _render(
        AGENT,
        host=HOST_NAME,
        directory=state.directory / "agent",
        ovsdb=switch_database(state.host).remote,
        libvirt_uri=connection_uri(state.host / "libvirt"),
        url=state.url,
        socket=state.control_socket,
        user=f"agent-{HOST_NAME}",
        agent_password=_agent_password_file(state),
    )


def _render(template: str, **values: object) -> str:
    """Fill in `values` as TOML: numbers as they are, anything else as strings (TOML's are JSON's)."""
    return template.format(
        **{name: value if isinstance(value, int) else json.dumps(str(value)) for name, value in values.items()}
    )


def _admin_password_file(state: State) -> Path:
    return state.settings / "admin-password"


def _agent_password_file(state: State) -> Path:
    return state.settings / "agent-password"
