"""`meridian northbound`: what OVN holds beside what PostgreSQL plans, for a person at a terminal.

    check    what differs, as a diff             status 0: the same, 1: it differs, 2: could not look
    repair   puts that right, through the leader    0: it is right now, 1: something is not, 2: could not
    drift    what others changed and Meridian put back, newest first

All are safe beside a running cloud, and read what it reads: the settings of `meridian control`.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.settings import ControlSettings
from deploy.settings_option import add_settings_option, required_settings
from northbound.audits.audit import Findings, Tell, audit
from northbound.audits.drift import list_drift
from northbound.audits.repair import repair
from northbound.audits.report import render, summary
from northbound.translation.service import Translation
from runtime import logs
from runtime.database import Database
from runtime.errors import Unavailable
from runtime.settings import SettingsError

SAME, DIFFERS, FAILED = 0, 1, 2
QUIET_S = 2.0


def main(words: list[str]) -> int:
    """The exit status of one command."""
    options = _parse(words)
    try:
        settings = required_settings(options)
        logs.configure("northbound", "error")
        return asyncio.run(_run(options, settings))
    except (SettingsError, Unavailable, OSError, TimeoutError) as problem:
        print(f"meridian northbound {options.command}: {problem or 'timed out'}", file=sys.stderr)
        return FAILED


async def _run(options: argparse.Namespace, settings: ControlSettings) -> int:
    database = await Database.open(settings.database, settings.addresses.session())
    try:
        if options.command == "drift":
            return await _drift(database, options.limit, options.owner)
        holder = f"{socket.gethostname()}/{os.getpid()} (meridian northbound)"
        translation = Translation(database, settings.database, settings.ovn, holder=holder)
        try:
            if options.command == "check":
                return await _check(database, translation)
            async with asyncio.timeout(options.timeout):
                return await _repair(database, translation)
        finally:
            translation.close()
    finally:
        await database.close()


async def _check(database: Database, translation: Translation) -> int:
    """Prints what differs. The translation does not run: nothing is written."""
    async with translation.replica() as replica:
        findings = await audit(database, replica, translation.kinds, progress("compared"))
        for line in render(findings, replica):
            print(line)
    return DIFFERS if findings.differing else SAME


async def _repair(database: Database, translation: Translation) -> int:
    """Marks what differs for the leader; with none about, leads until it is done."""
    before = after = await _audit(database, translation)
    if before.differing:
        async with _taking_part(translation):
            await repair(database, translation, before.differing, progress("repaired"))
            after = await _audit(database, translation)
    for owner, reason in sorted(after.refused.items()):
        print(f"{owner}\n  ! {reason}")
    repaired = set(before.differing) - set(after.differing)
    print(f"{len(repaired)} owners repaired; {summary(after)}")
    return DIFFERS if after.differing else SAME


async def _audit(database: Database, translation: Translation) -> Findings:
    async with translation.replica() as replica:
        return await audit(database, replica, translation.kinds, progress("compared"))


@asynccontextmanager
async def _taking_part(translation: Translation) -> AsyncIterator[None]:
    task = asyncio.create_task(translation.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _drift(database: Database, limit: int, owner: str | None) -> int:
    kind, _, owner_id = (owner or "").partition("/")
    async with database.connection() as conn:
        found = await list_drift(conn, limit, kind=kind or None, owner_id=owner_id or None)
    for record in found:
        print(f"{record.seen_at:%Y-%m-%d %H:%M:%S} {record.owner} {record.table} {record.row_uuid}")
        print(f"  found    {'nothing' if record.found is None else json.dumps(record.found)}")
        print(f"  repaired {'nothing' if record.repaired is None else json.dumps(record.repaired)}")
    return SAME


def progress(done: str) -> Tell:
    """Says on standard error how far something got, once it has taken longer than people like to wait silently."""
    last = time.monotonic()

    def tell(count: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= QUIET_S:
            last = time.monotonic()
            print(f"{done} {count} of {total} owners", file=sys.stderr)

    return tell


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian northbound", description="What OVN holds and what it should hold.")
    commands = parser.add_subparsers(dest="command", required=True)
    summaries = {
        "check": "print what differs; status 1 when anything does, 2 when it cannot be seen",
        "repair": "make OVN hold what it should; nothing of others is touched",
        "drift": "print what others changed and Meridian put back, newest first",
    }
    for name, said in summaries.items():
        command = commands.add_parser(name, help=said, description=said)
        add_settings_option(command)
        if name == "repair":
            command.add_argument("--timeout", type=float, default=300.0, help="seconds, 300 unless given")
        if name == "drift":
            command.add_argument("--limit", type=int, default=50, help="records, 50 unless given")
            command.add_argument("--owner", help="of one owner only, such as port/UUID")
    return parser.parse_args(words)
