"""Where one lab keeps everything, and the names it uses outside of that directory.

The lab of the checkout's own `.meridian` has the names and the port that the documentation uses. Any other state
directory gets names and a port derived from its path, so that several labs can run side by side.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deploy.lab.namespaces import Namespace

CHECKOUT = Path(__file__).parents[2]
DEFAULT_DIRECTORY = CHECKOUT / ".meridian"
DEFAULT_PORT = 5000
FIRST_PORT, PORT_PAIRS = 20000, 6000  # below the ephemeral range
LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = len("/agent/run/00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class State:
    """One lab's directory, absolute."""

    directory: Path

    @classmethod
    def at(cls, directory: Path) -> "State":
        """Raises ValueError when sockets below `directory` would have names too long for the kernel."""
        directory = directory.resolve()
        if len(str(directory)) + LONGEST_SOCKET_NAME > LONGEST_SOCKET_PATH:
            raise ValueError(f"{directory} is too long a path: a unix socket in it could not be opened")
        return cls(directory)

    @cached_property
    def _suffix(self) -> str:
        """Empty for the default directory, else derived from the path."""
        if self.directory == DEFAULT_DIRECTORY:
            return ""
        return "-" + hashlib.sha256(str(self.directory).encode()).hexdigest()[:6]

    @property
    def host_namespace(self) -> Namespace:
        """The hypervisor's network namespace."""
        return Namespace(f"meridian-host{self._suffix}")

    @property
    def internet_namespace(self) -> Namespace:
        """The network namespace beyond the provider network."""
        return Namespace(f"meridian-internet{self._suffix}")

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 at which control serves."""
        if not self._suffix:
            return DEFAULT_PORT
        return FIRST_PORT + 2 * (int(self._suffix[1:], 16) % PORT_PAIRS)

    @property
    def metrics_port(self) -> int:
        """The port of 127.0.0.1 at which control shows its metrics."""
        return self.port + 1

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Path:
        """Settings and secrets, for their owner's eyes."""
        return self.directory / "etc"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def run(self) -> Path:
        """Sockets and locks."""
        return self.directory / "run"

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def ovn(self) -> Path:
        """The northbound and southbound databases."""
        return self.directory / "ovn"

    @property
    def host(self) -> Path:
        """What the hypervisor's daemons keep."""
        return self.directory / "host"

    @property
    def control_socket(self) -> Path:
        return self.run / "control.sock"

    @property
    def status_socket(self) -> Path:
        return self.run / "status.sock"

    @property
    def clouds_file(self) -> Path:
        return self.directory / "clouds.yaml"

    @property
    def env_file(self) -> Path:
        return self.directory / "env"

    @property
    def guest_image(self) -> Path:
        return self.directory / "images" / "guest.qcow2"

    def prepare(self) -> None:
        """Make the directories, readable by their owner only where secrets live."""
        for directory in (self.directory, self.logs, self.run, self.host):
            directory.mkdir(parents=True, exist_ok=True)
        self.settings.mkdir(mode=0o700, exist_ok=True)
