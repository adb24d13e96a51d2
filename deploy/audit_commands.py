"""`meridian audit list`: who did what, and what was refused, for a person at a terminal.

Reads the record where it is kept, with the settings of `meridian control`: whoever may read those needs no token.
Oldest last; `--before NUMBER` goes on from there. With `--json`, one event of CADF a line.
"""

import argparse
import asyncio
import sys

import msgspec

from deploy.settings import ControlSettings
from deploy.settings_option import add_settings_option, required_settings
from identity.audit import store
from identity.audit.event import Recorded, render
from identity.audit.routes import EQUAL, parse_query
from runtime.database import Database
from runtime.errors import Problem
from runtime.settings import SettingsError

WORDS = (*EQUAL, "since", "until", "limit", "before")


def main(words: list[str]) -> int:
    """The exit status of one command: 2 when it could not look."""
    options = _parse(words)
    try:
        events = asyncio.run(_read(required_settings(options), options))
    except (SettingsError, Problem, OSError) as problem:
        print(f"meridian audit {options.command}: {problem}", file=sys.stderr)
        return 2
    for event in events:
        print(msgspec.json.encode(render(event)).decode() if options.json else line_of(event))
    return 0


async def _read(settings: ControlSettings, options: argparse.Namespace) -> list[Recorded]:
    where, limit = parse_query({word: said for word in WORDS if (said := getattr(options, word)) is not None})
    database = await Database.open(settings.database)
    try:
        async with database.connection() as connection:
            return await store.select_events(connection, where, limit)
    finally:
        await database.close()


def line_of(event: Recorded) -> str:
    """One event on one line; what clients chose is quoted where it could break the line."""
    who = event.initiator_name or event.initiator_id or "-"
    said = [
        f"{event.event_time:%Y-%m-%d %H:%M:%S}",
        str(event.number),
        event.outcome,
        event.action,
        f"{event.target_type}/{event.target_id}".rstrip("/"),
        f"by {who}",
        f"({event.initiator_id or '-'}, project {event.project_id or '-'})",
        f"from {event.address or '-'}",
        event.request_id,
    ]
    if event.status is not None:
        said.append(f"{event.status} {event.rule}")
    if event.repeats:
        said.append(f"and {event.repeats} more")
    return " ".join(repr(word)[1:-1] for word in said)


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian audit", description="Who did what, and what was refused.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("list", help="events, the newest first", description="Events, the newest first.")
    add_settings_option(command)
    command.add_argument("--json", action="store_true", help="whole events, one a line")
    for word in WORDS:
        command.add_argument(f"--{word.removesuffix('_id').replace('_', '-')}", dest=word)
    return parser.parse_args(words)
