"""A private PostgreSQL behind a unix socket, without TCP.

The server runs as user `postgres`, who may not pass through the directories above ours (a checkout below
/root, say). So ours is mounted at that user's home, in a mount namespace that only the server sees.
"""

import signal
from pathlib import Path

import asyncpg

from deploy.lab.daemons.daemon import Daemon
from deploy.lab.daemons.programs import run

HOME = "/var/lib/postgresql"
PORT = 5432
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT"]
MOUNT_HOME = f'mount --bind "$1" {HOME} && cd {HOME} && shift && exec "$@"'


class Postgres(Daemon):
    """`durable=False` trades crash safety for speed, for tests.

    A server that was killed leaves backends that hold its lock for a moment, hence several attempts to start.
    """

    name = "postgres"
    stop_signal = signal.SIGINT
    start_attempts = 10

    def __init__(self, directory: Path, log_directory: Path | None = None, *, durable: bool = True) -> None:
        super().__init__(directory, log_directory)
        self.durable = durable

    def url(self, database: str) -> str:
        """The address of `database` for asyncpg and psycopg."""
        return f"postgresql://postgres@/{database}?host={self.directory}"

    async def prepare(self) -> None:
        if (self.directory / "data" / "PG_VERSION").exists():
            return
        await run(["chown", "postgres:postgres", str(self.directory)])
        self.directory.chmod(0o700)
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync"]
        await run(self._privately(str(_programs() / "initdb"), *options, f"--pgdata={HOME}/data"))

    def command(self) -> list[str]:
        speed = (
            [] if self.durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        )
        return self._privately(
            str(_programs() / "postgres"),
            *("-D", f"{HOME}/data", "-k", HOME, "-p", str(PORT)),
            *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200"),
            *speed,
        )

    async def is_ready(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url("postgres"))
        except (OSError, asyncpg.CannotConnectNowError):
            return False
        await connection.close()
        return True

    async def ensure_database(self, name: str) -> None:
        """Create role `name` and a database of the same name that it owns, unless they exist."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
                await connection.execute(f'CREATE ROLE "{name}" LOGIN')
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        finally:
            await connection.close()

    def _privately(self, *argv: str) -> list[str]:
        mounted = [
            "unshare",
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            MOUNT_HOME,
            "sh",
            str(self.directory),
        ]
        return [*mounted, *AS_POSTGRES, *argv]


def _programs() -> Path:
    """The directory of the newest PostgreSQL that is installed."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
