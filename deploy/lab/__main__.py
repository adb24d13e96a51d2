"""`python -m deploy.lab up|run|down|leftovers [--state DIRECTORY]`."""

import argparse
import asyncio
import sys
from pathlib import Path

from deploy.lab.client_files import CLOUD
from deploy.lab.down import purge_files, stop_lab
from deploy.lab.leftovers import find_leftovers
from deploy.lab.run import AlreadyRunning, supervise
from deploy.lab.state import DEFAULT_DIRECTORY, State
from deploy.lab.up import LabFailed, bring_up

READY = """
The cloud answers at {url}. To talk to it:

    source {env}
    openstack token issue
    ovn-nbctl show

Cloud "{cloud}" is in {clouds}, logs are in {logs}.
"""


def main(arguments: list[str] | None = None) -> int:
    """The exit status of one command."""
    options = _parse(arguments)
    try:
        return asyncio.run(_run(options.command, State.at(options.state), options))
    except (LabFailed, AlreadyRunning, ValueError) as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return 1


async def _run(command: str, state: State, options: argparse.Namespace) -> int:
    match command:
        case "up":
            await bring_up(state)
            print(
                READY.format(url=state.url, env=state.env_file, cloud=CLOUD, clouds=state.clouds_file, logs=state.logs)
            )
        case "run":
            await supervise(state)
        case "down":
            await stop_lab(state)
            if options.purge:
                purge_files(state)
        case "leftovers":
            found = await find_leftovers(state)
            print("\n".join(found), end="\n" if found else "")
            return 1 if found else 0
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian lab", description="Every process of a cloud on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    summaries = {
        "up": "start the lab unless it runs, and return when everything is ready",
        "run": "run the lab in the foreground",
        "down": "stop the lab",
        "leftovers": "list what the lab left on this machine; status 1 when there is anything",
    }
    for name, summary in summaries.items():
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("--state", type=Path, default=DEFAULT_DIRECTORY, help="the lab's directory")
        if name == "down":
            command.add_argument("--purge", action="store_true", help="also remove the lab's directory")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
