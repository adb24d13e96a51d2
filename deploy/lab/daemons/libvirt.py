"""libvirtd of one host: private directories, own host name and id, no /dev/kvm, no TCP.

Guests are not children of libvirtd: they outlive it, and `destroy_guests` ends them.
"""

import contextlib
import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.waiting import socket_accepts, until
from deploy.lab.namespaces import Namespace

PRIVATE_HOST = Path(__file__).with_name("private_host.sh")

LIBVIRTD_CONF = """\
unix_sock_rw_perms = "0700"
auth_unix_rw = "none"
auth_unix_ro = "none"
host_uuid = "{host_id}"
log_outputs = "2:stderr"
"""

# The guests run as root because the images may lie below directories that nobody else can enter. There is no virtlogd,
# and several libvirtds may share the machine's one cgroup tree.
QEMU_CONF = """\
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = [ ]
cgroup_controllers = [ ]
stdio_handler = "file"
"""


class Libvirtd(Daemon):
    """libvirtd of host `host_name` inside `namespace`."""

    name = "libvirtd"

    def __init__(
        self, namespace: Namespace, host_name: str, directory: Path, log_directory: Path | None = None
    ) -> None:
        super().__init__(directory, log_directory)
        self.namespace = namespace
        self.host_name = host_name
        self.socket = _socket(directory)

    @property
    def uri(self) -> str:
        return connection_uri(self.directory)

    async def prepare(self) -> None:
        for part in ("dev", "run", "lib", "cache", "log"):
            (self.directory / part).mkdir(exist_ok=True)
        settings = self.directory / "etc"
        if not settings.exists():
            shutil.copytree("/etc/libvirt", settings, symlinks=True)
            shutil.rmtree(settings / "qemu" / "networks" / "autostart", ignore_errors=True)
        host_id = uuid.uuid5(uuid.NAMESPACE_URL, str(self.directory))
        (settings / "libvirtd.conf").write_text(LIBVIRTD_CONF.format(host_id=host_id))
        (settings / "qemu.conf").write_text(QEMU_CONF)

    def command(self) -> list[str]:
        private = ["unshare", "--mount", "--uts", "--propagation=private"]
        return self.namespace.enter(
            *private, "bash", str(PRIVATE_HOST), str(self.directory), self.host_name, "libvirtd"
        )

    async def is_ready(self) -> bool:
        return await socket_accepts(str(self.socket))

    async def destroy_guests(self) -> None:
        """End every guest of this host as a power cut would, whether libvirtd runs or not."""
        for pid in guest_pids(self.directory):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        async def all_gone() -> bool:
            return not any(guest_pids(self.directory))

        await until(all_gone, self.stop_timeout_s)


def connection_uri(directory: Path) -> str:
    """The connection URI of the libvirtd of `directory`, usable from any namespace of this machine."""
    return f"qemu+unix:///system?socket={_socket(directory)}"


def _socket(directory: Path) -> Path:
    return directory / "run" / "libvirt" / "libvirt-sock"


def guest_pids(directory: Path) -> Iterator[int]:
    """Process ids of the QEMUs that a libvirtd of `directory` started and that still run."""
    for record in (directory / "run" / "libvirt" / "qemu").glob("*.pid"):
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int(record.read_text())
            if b"qemu-system" in Path(f"/proc/{pid}/cmdline").read_bytes():
                yield pid
