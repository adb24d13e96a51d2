"""`meridian policy`: who may do what and why, for an operator at a terminal.

    list     every rule: what it is for, its check, the scopes it takes, its routes; what policy.yaml replaced is marked
    check    whether a caller passes a rule, or a route ("GET /network/v2.0/ports"), and which part of the rule decided:
             status 0 allowed, 1 denied, 2 cannot be told
    table    every route and rule with every kind of caller, as CSV

The rules are those of `--policy FILE`, or of the settings of `meridian control`, else the defaults. `check` asks for a
target of the caller's own unless `--target key=value` says another; without `--roles`, the roles are those that
`--user` has there, read from the cloud's database.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from deploy.apis import APIS, RULES
from deploy.policy_table import OWN, Line, lines, table, with_implied
from deploy.settings import ControlSettings
from deploy.settings_option import add_settings_option
from identity.callers import Caller
from identity.explanations import explain
from identity.policy import Policy, credentials_of
from runtime.errors import Problem
from runtime.settings import SettingsError, load
from runtime.web.routes import PUBLIC

ALLOWED, DENIED, FAILED = 0, 1, 2


def main(words: list[str]) -> int:
    """The exit status of one command."""
    options = _parse(words)
    try:
        settings = load(ControlSettings, options.settings) if options.settings else None
        policy = Policy(RULES, options.policy or (settings and settings.policy))
        if options.command == "list":
            return _list(policy, options.pattern)
        if options.command == "table":
            print(table(APIS, policy), end="")
            return ALLOWED
        return _check(policy, asyncio.run(_caller(options, settings)), options)
    except (SettingsError, Problem, OSError) as problem:
        print(f"meridian policy {options.command}: {problem}", file=sys.stderr)
        return FAILED


def _list(policy: Policy, pattern: str) -> int:
    routes: dict[str, list[Line]] = {}
    for line in lines(APIS, RULES):
        routes.setdefault(line.rule, []).append(line)
    for rule in policy.rules.values():
        if pattern not in rule.name:
            continue
        print(f"{rule.name}{'  (overridden)' if rule.name in policy.overridden else ''}")
        print(f"    {rule.description}")
        print(f"    check    {policy.checks[rule.name]}")
        if rule.name in policy.overridden:
            print(f"    default  {policy.defaults[rule.name]}")
        print(f"    scopes   {', '.join(rule.scope_types)}")
        for line in routes.get(rule.name, ()):
            print(f"    route    {line.route}{f' ({line.asked_for})' if line.asked_for else ''}")
    return ALLOWED


async def _caller(options: argparse.Namespace, settings: ControlSettings | None) -> Caller:
    """The caller that the options describe."""
    if options.roles is not None:
        scope: dict[str, Any] = {"system": options.system_scope}
        if options.project:
            scope |= {"project_id": options.project, "project_domain_id": options.domain or "default"}
        elif options.domain:
            scope |= {"domain_id": options.domain}
        roles = [role.strip().lower() for role in options.roles.split(",") if role.strip()]
        return Caller(options.user or "user", "user", options.domain or "default", with_implied(*roles), **scope)
    if settings is None or options.user is None:
        raise SettingsError("give --roles, or --user and --settings to have the roles read from the cloud")
    from deploy.policy_callers import read_caller

    return await read_caller(settings, options.user, options.project, options.domain, system=options.system_scope)


def _check(policy: Policy, caller: Caller, options: argparse.Namespace) -> int:
    name = _rule_of(policy, options.asked)
    if name == PUBLIC:
        print(f"allowed: {' '.join(options.asked)} answers anybody")
        return ALLOWED
    target, credentials = _target(caller, options.target), credentials_of(caller)
    is_allowed = policy.allows(name, caller, target)
    print(f"{'allowed' if is_allowed else 'denied'}: {name}{' (overridden)' if name in policy.overridden else ''}")
    print(f"    check    {policy.checks[name]}")
    scopes = policy.rules[name].scope_types
    if caller.scope not in scopes:
        print(f"    because  the token's scope is {caller.scope}, and the rule takes {', '.join(scopes)}")
        return DENIED
    for part in explain(policy.checks[name], policy.checks, target, credentials).deciding():
        print(f"    because  {part.text} {'holds' if part.verdict else 'does not hold'}: {part.words}")
    return ALLOWED if is_allowed else DENIED


def _rule_of(policy: Policy, asked: list[str]) -> str:
    """The rule that is named, or that of the route METHOD PATH, whose path may hold real ids."""
    if len(asked) == 1:
        if asked[0] not in policy.rules:
            raise SettingsError(f"there is no rule {asked[0]}; `meridian policy list` shows all")
        return asked[0]
    method, path = asked[0].upper(), "/" + asked[1].strip("/")
    for api in APIS:
        for template, methods in api.routes.items():
            route = methods.get("GET" if method == "HEAD" else method)
            if route and _matches((api.prefix + template).rstrip("/"), path):
                return route.rule
    raise SettingsError(f"there is no route {method} {path}")


def _matches(template: str, path: str) -> bool:
    parts, said = template.split("/"), path.split("/")
    return len(parts) == len(said) and all(
        part == word or part.startswith("{") for part, word in zip(parts, said, strict=True)
    )


def _target(caller: Caller, said: list[str]) -> dict[str, Any]:
    """A target that is the caller's own, with what `--target` says instead."""
    own = {key: value for key, value in OWN.items() if not key.endswith("_id")}
    own |= dict.fromkeys(("user_id", "trustor_user_id", "trustee_user_id"), caller.user_id)
    own |= dict.fromkeys(("project_id", "network_project_id"), caller.project_id)
    own |= dict.fromkeys(
        ("domain_id", "user_domain_id", "project_domain_id"), caller.domain_id or caller.project_domain_id
    )
    for word in said:
        key, equals, value = word.partition("=")
        if not equals:
            raise SettingsError(f"--target {word}: expected key=value")
        own[key] = value
    return {key: value for key, value in own.items() if value not in (None, "")}


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="meridian policy", description="Who may do what, and why.")
    commands = parser.add_subparsers(dest="command", required=True)
    summaries = {
        "list": "every rule with its check, scopes and routes",
        "check": "whether a caller passes a rule or a route, and why; status 0 allowed, 1 denied",
        "table": "every route with every kind of caller, as CSV",
    }
    for name, said in summaries.items():
        command = commands.add_parser(name, help=said, description=said)
        add_settings_option(command)
        command.add_argument("--policy", type=Path, help="a policy.yaml to try instead of that of the settings")
        if name == "list":
            command.add_argument("pattern", nargs="?", default="", help="only rules whose name holds this")
        if name == "check":
            _add_caller(command)
    return parser.parse_args(words)


def _add_caller(command: argparse.ArgumentParser) -> None:
    command.add_argument("--user", help="id, or name in the domain, of the user")
    command.add_argument("--roles", help="comma-separated; what they imply in a new cloud is added")
    command.add_argument("--project", help="id (or name, with --user) of the project of the token")
    command.add_argument("--domain", help="id of the domain of the token, or of the project")
    command.add_argument("--system-scope", action="store_true", help="a token of the system")
    command.add_argument("--target", action="append", default=[], metavar="KEY=VALUE", help="of what is asked about")
    command.add_argument("asked", nargs="+", metavar="RULE | METHOD PATH", help="a rule, or a route")
