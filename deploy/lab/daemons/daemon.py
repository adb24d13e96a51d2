"""A child process with a private directory, a log, and a fact by which it is ready.

A subclass says three things: what must exist before (`prepare`), what is run (`command`), and which fact shows that it
serves (`is_ready`). The child stays in the foreground, so its death is seen at once; it leads a process group of its
own, so it ends with everything it forked; and it ends when its parent does, so that no crash leaves daemons behind.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from deploy.lab.daemons.waiting import until


class DaemonFailed(Exception):
    """A daemon ended or stayed silent instead of becoming ready; the message names its log and quotes its end."""

    def __init__(self, name: str, reason: str, log_path: Path) -> None:
        last_lines = log_path.read_text(errors="replace").splitlines()[-5:]
        super().__init__("\n    ".join([f"{name} {reason}; its log is {log_path}", *last_lines]))
        self.name = name
        self.log_path = log_path


class Daemon:
    """One daemon. `start` and `stop` may be called again and again; what the directory holds survives them."""

    name = "daemon"
    start_timeout_s = 30.0
    start_attempts = 1
    stop_signal = signal.SIGTERM
    stop_timeout_s = 10.0

    def __init__(self, directory: Path, log_directory: Path | None = None) -> None:
        self.directory = directory
        self.log_path = (log_directory or directory) / f"{self.name}.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process that was started last. Raises RuntimeError before the first start."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def prepare(self) -> None:
        """Make what the process needs, if it is not there yet. Runs before every start."""

    def command(self) -> list[str]:
        """The argument vector of the process, which must stay in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Variables added to our own environment."""
        return {}

    async def is_ready(self) -> bool:
        """Whether the process serves. Called while it runs, until it is true."""
        raise NotImplementedError

    async def start(self) -> None:
        """Return when the daemon serves. Raises DaemonFailed when it does not in `start_timeout_s`."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        await self.prepare()
        for attempt in range(1, self.start_attempts + 1):
            try:
                await self._start_once()
                return
            except DaemonFailed:
                await self.stop()
                if attempt == self.start_attempts:
                    raise
                await asyncio.sleep(0.2 * attempt)

    async def stop(self) -> None:
        """End the process and all that it forked, politely at first."""
        if self._process is None:
            return
        self._signal_group(self.stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), self.stop_timeout_s)
        self._signal_group(signal.SIGKILL)
        await self._process.wait()

    async def kill(self) -> None:
        """End the process and all that it forked with SIGKILL, as a crash would."""
        self._signal_group(signal.SIGKILL)
        await self.wait()

    async def wait(self) -> int:
        """Return the exit status when the process has ended."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return await self._process.wait()

    async def _start_once(self) -> None:
        with open(self.log_path, "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                "setpriv",
                "--pdeathsig",
                self.stop_signal.name.removeprefix("SIG"),
                "--",
                *self.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment()},
                start_new_session=True,
            )
        try:
            await until(self._ready_or_dead, self.start_timeout_s)
        except TimeoutError:
            raise DaemonFailed(self.name, f"did not serve within {self.start_timeout_s:.0f} s", self.log_path) from None
        if not self.is_running:
            raise DaemonFailed(self.name, f"ended with status {self._process.returncode}", self.log_path)

    async def _ready_or_dead(self) -> bool:
        return not self.is_running or await self.is_ready()

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)
