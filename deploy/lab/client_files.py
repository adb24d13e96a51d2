"""What a person needs to talk to the lab: `clouds.yaml` for the clients, `env` to be sourced by a shell."""

import shlex
import sys
from pathlib import Path

from deploy.lab.daemons.ovn import northbound_server, southbound_server
from deploy.lab.private_files import write_private
from deploy.lab.settings_files import admin_password, control_file
from deploy.lab.state import State

CLOUD = "meridian"
REGION = "RegionOne"

CLOUDS = """\
clouds:
  {cloud}:
    region_name: {region}
    identity_api_version: 3
    auth:
      auth_url: {url}/identity/v3
      username: admin
      password: "{password}"
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
"""


def write_client_files(state: State) -> None:
    """Write both files, the one with the password for its owner's eyes."""
    clouds = CLOUDS.format(cloud=CLOUD, region=REGION, url=state.url, password=admin_password(state))
    write_private(state.clouds_file, clouds)
    state.env_file.write_text(render_env(state, Path(sys.executable).parent))


def render_env(state: State, programs: Path) -> str:
    """Shell text that exports the lab's environment; `programs` (the clients' directory) comes first in PATH."""
    variables = {
        "OS_CLIENT_CONFIG_FILE": str(state.clouds_file),
        "OS_CLOUD": CLOUD,
        "IMAGE": str(state.guest_image),
        "OUTSIDE": f"ip netns exec {state.internet_namespace.name}",
        "OVN_NB_DB": northbound_server(state.ovn).remote,
        "OVN_SB_DB": southbound_server(state.ovn).remote,
        "MERIDIAN_SETTINGS": str(control_file(state)),
    }
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([*exports, f"export PATH={shlex.quote(str(programs))}:$PATH", ""])
