"""The `meridian` command: one word per process or task.

meridian control   --settings FILE    all APIs (migrates the database first)
meridian agent     --settings FILE    the agent of this hypervisor, as root
meridian bootstrap --settings FILE [--bootstrap-...]  signing keys, administrator, roles, catalogue; again is harmless
meridian keys list|rotate --settings FILE  the keys that sign tokens
meridian policy list|check|table        who may do what, and why
meridian audit list                     who did what, and what was refused
meridian northbound check|repair|drift  what OVN holds beside what it should hold
meridian lab       up|down|...        the all-in-one on this machine
"""

import argparse
import asyncio
import sys
from pathlib import Path

import uvloop

from deploy.settings import ControlSettings
from runtime import logs
from runtime.settings import SettingsError, load


def main(arguments: list[str] | None = None) -> int:
    """The exit status of one command."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["lab"]:
        from deploy.lab.__main__ import main as lab

        return lab(words[1:])
    if words[:1] == ["northbound"]:
        from deploy.northbound_commands import main as northbound

        return northbound(words[1:])
    if words[:1] == ["bootstrap"]:
        from deploy.bootstrap import main as bootstrap

        return bootstrap(words[1:])
    if words[:1] == ["keys"]:
        from deploy.keys_commands import main as keys

        return keys(words[1:])
    if words[:1] == ["audit"]:
        from deploy.audit_commands import main as audit

        return audit(words[1:])
    if words[:1] == ["policy"]:
        from deploy.policy_commands import main as policy

        return policy(words[1:])
    options = _parse(words)
    try:
        COMMANDS[options.command](options.settings)
    except SettingsError as problem:
        print(f"meridian {options.command}: {problem}", file=sys.stderr)
        return 2
    return 0


def _control(path: Path) -> None:
    from deploy import control, schema

    settings = load(ControlSettings, path)
    logs.configure("control", settings.log.level)
    schema.migrate(settings.database)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(control.run(settings))


def _agent(path: Path) -> None:
    from compute.agent.main import run
    from compute.agent.settings import AgentSettings

    settings = load(AgentSettings, path)
    logs.configure("agent")
    asyncio.run(run(settings))


COMMANDS = {"control": _control, "agent": _agent}


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian", description="A cloud control plane built around OVN.")
    commands = parser.add_subparsers(dest="command", required=True)
    summaries = {
        "control": "answer all APIs; migrates the database first",
        "agent": "run this hypervisor's agent",
    }
    for name, summary in summaries.items():
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("--settings", type=Path, required=True, help="a TOML file, see deploy/samples")
    commands.add_parser("northbound", help="compare what OVN holds with what it should hold", add_help=False)
    commands.add_parser("bootstrap", help="make what must be there before anyone can sign in", add_help=False)
    commands.add_parser("keys", help="list or rotate the keys that sign tokens", add_help=False)
    commands.add_parser("audit", help="list who did what", add_help=False)
    commands.add_parser("policy", help="list and check who may do what", add_help=False)
    commands.add_parser("lab", help="every process of a cloud on this machine", add_help=False)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
