"""An operator's policy.yaml: rules that replace ours, read whole or not at all.

`"network:create_network": "role:admin"`, in oslo.policy's language. A name without a colon is a rule of the operator's
own, for `rule:name` in others. What would quietly never match is refused here: a name that no rule has, a credential
that no token has, a value that no target has. So are checks that ask somebody else (`http:`): a decision does no I/O.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml
from oslo_policy import _checks as oslo_checks
from oslo_policy import _parser as oslo_parser

from identity.checks import plain
from runtime.settings import SettingsError

CREDENTIALS = frozenset({"user_id", "user_domain_id", "project_id", "project_domain_id", "domain_id", "system_scope"})
WORDS = re.compile(r"%\(([^)]*)\)s")
DEEPEST = 20


def parse(text: str) -> Any:
    """The check tree of a text in oslo.policy's language. Raises ValueError for what oslo would take for a denial."""
    check = oslo_parser.parse_rule(text)
    if isinstance(check, oslo_checks.FalseCheck) and text.strip() != "!":
        raise ValueError(f"'{text}' cannot be read")
    return check


def read_overrides(path: Path, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The check trees of the file by name; `defaults` are ours. Raises SettingsError, which names file and rule."""
    try:
        tree = yaml.safe_load(path.read_text())
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(tree or {}, dict):
        raise SettingsError(f'{path}: expected lines of the form "api:verb_noun": "check"')
    found: dict[str, Any] = {}
    for name, text in (tree or {}).items():
        try:
            found[name] = _read_rule(name, text, defaults)
        except ValueError as error:
            raise SettingsError(f"{path}: {name}: {error}") from error
    _check_whole(path, found, defaults)
    return found


def _read_rule(name: Any, text: Any, defaults: Collection[str]) -> Any:
    if not isinstance(name, str) or not isinstance(text, str):
        raise ValueError("expected a text, in quotes")
    if ":" in name and name not in defaults:
        raise ValueError("there is no rule of this name; `meridian policy list` shows all")
    return parse(text)


def _check_whole(path: Path, found: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """What can only be seen with all rules together: what they name, and what they compare."""
    checks = {**defaults, **found}
    known = {word for check in defaults.values() for word in WORDS.findall(str(check))}
    for name, check in found.items():
        try:
            _check_tree(check, checks, known, DEEPEST)
            plain(check, checks)
        except ValueError as error:
            raise SettingsError(f"{path}: {name}: {error}") from error


def _check_tree(check: Any, checks: Mapping[str, Any], known: Collection[str], depth: int) -> None:
    if depth == 0:
        raise ValueError("rules name each other in a circle, or nest too deep")
    match type(check).__name__:
        case "RuleCheck":
            if check.match not in checks:
                raise ValueError(f"rule:{check.match} names no rule")
            _check_tree(checks[check.match], checks, known, depth - 1)
        case "NotCheck":
            _check_tree(check.rule, checks, known, depth - 1)
        case "AndCheck" | "OrCheck":
            for part in check.rules:
                _check_tree(part, checks, known, depth - 1)
        case "GenericCheck":
            if check.kind.isidentifier() and check.kind not in (*CREDENTIALS, "True", "False", "None"):
                raise ValueError(
                    f"'{check.kind}' is nothing that a token says; it says {', '.join(sorted(CREDENTIALS))}"
                )
    for word in WORDS.findall(getattr(check, "match", "")):
        if word not in known:
            raise ValueError(f"'%({word})s' is nothing that is compared; there are {', '.join(sorted(known))}")
