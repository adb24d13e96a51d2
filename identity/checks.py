"""oslo.policy's check trees as plain functions, because every request asks several.

oslo.policy parses the language and remains the authority: a kind of check that is not known here is left to its own
object, and a property test holds both to the same verdicts. What is saved is the reflection that oslo.policy does for
each node of a tree at each question: about 170 us a question become a few.
"""

from collections.abc import Callable, Mapping
from typing import Any

from oslo_policy.policy import Enforcer

Values = Mapping[str, Any]
Decision = Callable[[Values, Values], bool]
"""(target, credentials) -> allowed. Credentials hold `roles` as a list of names in lower case."""


def plain(check: Any, enforcer: Enforcer) -> Decision:
    """The function that decides as `check` does. A check that another one names is looked up now, once."""
    match type(check).__name__:
        case "TrueCheck":
            return lambda _target, _credentials: True
        case "FalseCheck":
            return lambda _target, _credentials: False
        case "NotCheck":
            return _negation(plain(check.rule, enforcer))
        case "AndCheck":
            return _every([plain(part, enforcer) for part in check.rules])
        case "OrCheck":
            return _any([plain(part, enforcer) for part in check.rules])
        case "RoleCheck" if "%" not in check.match:
            return _role(check.match.lower())
        case "GenericCheck" if check.kind.isidentifier() and check.kind not in ("True", "False", "None"):
            return _equality(check.kind, check.match)
    return lambda target, credentials: bool(check(target, dict(credentials), enforcer))


def _negation(part: Decision) -> Decision:
    return lambda target, credentials: not part(target, credentials)


def _every(parts: list[Decision]) -> Decision:
    return lambda target, credentials: all(part(target, credentials) for part in parts)


def _any(parts: list[Decision]) -> Decision:
    return lambda target, credentials: any(part(target, credentials) for part in parts)


def _role(name: str) -> Decision:
    return lambda _target, credentials: name in credentials["roles"]


def _equality(kind: str, pattern: str) -> Decision:
    """`project_id:%(project_id)s`: false unless both sides are there."""

    def decide(target: Values, credentials: Values) -> bool:
        try:
            return pattern % target == str(credentials[kind])
        except KeyError:
            return False

    return decide
