"""`meridian keys`: the keys that sign tokens, for a person at a terminal.

    list      every key with what it does
    rotate    a new key signs from now on; processes that run take it over and refuse nothing meanwhile

Both work on the key directory alone. Processes on several machines need the same directory, or the same content of it
while a rotation waits: give `--notice` the seconds that copying takes.
"""

import argparse
import sys
import time
from pathlib import Path

from deploy.settings import ControlSettings
from identity.keys.keyset import load_keys
from identity.keys.rotation import rotate
from runtime.settings import SettingsError, load

NOTICE_PERIODS = 5
LEAST_NOTICE_S = 5.0


def main(words: list[str]) -> int:
    """The exit status of one command."""
    options = _parse(words)
    try:
        settings = load(ControlSettings, options.settings).identity
        if options.command == "list":
            _list(settings.key_directory)
        else:
            notice_s = max(LEAST_NOTICE_S, NOTICE_PERIODS * settings.key_period_s)
            rotate(settings.key_directory, notice_s=options.notice or notice_s, tell=print)
    except (SettingsError, OSError) as problem:
        print(f"meridian keys {options.command}: {problem}", file=sys.stderr)
        return 2
    return 0


def _list(directory: Path) -> None:
    signing = load_keys(directory).signing.id
    for path in sorted(directory.glob("*.pem")):
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path.stat().st_mtime))
        print(f"{path.stem}  {'signs' if path.stem == signing else 'verifies'}  {since}")


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian keys", description="The keys that sign tokens.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (("list", "every key with what it does"), ("rotate", "let a new key sign")):
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("--settings", type=Path, required=True, help="of meridian control, see deploy/samples")
        if name == "rotate":
            command.add_argument("--notice", type=float, help="seconds until the new key signs")
    return parser.parse_args(words)
