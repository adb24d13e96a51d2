"""`lab run`: the supervisor itself, until it gets SIGTERM or SIGINT."""

import asyncio
import fcntl
import signal

from deploy.lab.client_files import write_client_files
from deploy.lab.composition import compose
from deploy.lab.leftovers import remove_running_parts
from deploy.lab.settings_files import write_settings
from deploy.lab.state import State
from deploy.lab.status import serve_states
from deploy.lab.supervisor import Supervisor


class AlreadyRunning(Exception):
    """Another supervisor holds the lab."""


async def supervise(state: State) -> None:
    """Write the settings, run every component until a signal comes, take all down. Raises AlreadyRunning.

    What a killed supervisor left behind is ended first: two switches must not serve one database.
    """
    state.prepare()
    with open(state.run / "supervisor.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another supervisor runs the lab in {state.directory}") from None
        await remove_running_parts(state)
        write_settings(state)
        write_client_files(state)
        supervisor = Supervisor(compose(state))
        server = await serve_states(supervisor.states, state.status_socket)
        try:
            await supervisor.run(_stop_signal())
        finally:
            server.close()
            state.status_socket.unlink(missing_ok=True)


async def _stop_signal() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
