"""oslo.policy's check trees as plain functions, because every request asks several.

oslo.policy parses the language, and a property test holds both to the same verdicts where every operand is there. What
is saved is the reflection that oslo.policy does for each node of a tree at each question: about 170 us a question
become a few. A verdict has three values: where an operand is missing on either side it is None, which denies, also
below `not`.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]
Verdict = bool | None
Decision = Callable[[Values, Values], Verdict]
"""(target, credentials) -> True when allowed. Credentials hold `roles` as names in lower case."""
Checks = Mapping[str, Any]
"""Check trees by the names of their rules: where `rule:name` is looked up."""


def plain(check: Any, checks: Checks) -> Decision:
    """The function that decides as `check` does. A check that another one names is looked up now, once.

    Raises ValueError for a kind of check that would do more than compare; KeyError for a rule that is not there.
    """
    match type(check).__name__:
        case "TrueCheck":
            return lambda _target, _credentials: True
        case "FalseCheck":
            return lambda _target, _credentials: False
        case "NotCheck":
            return _negation(plain(check.rule, checks))
        case "AndCheck":
            return _every([plain(part, checks) for part in check.rules])
        case "OrCheck":
            return _any([plain(part, checks) for part in check.rules])
        case "RuleCheck":
            return plain(checks[check.match], checks)
        case "RoleCheck":
            return _role(check.match)
        case "GenericCheck":
            return _equality(check.kind, check.match)
    raise ValueError(f"checks of the kind '{getattr(check, 'kind', type(check).__name__)}' are not offered")


def _negation(part: Decision) -> Decision:
    def decide(target: Values, credentials: Values) -> Verdict:
        verdict = part(target, credentials)
        return None if verdict is None else not verdict

    return decide


def _every(parts: Sequence[Decision]) -> Decision:
    def decide(target: Values, credentials: Values) -> Verdict:
        verdict: Verdict = True
        for part in parts:
            said = part(target, credentials)
            if said is False:
                return False
            if said is None:
                verdict = None
        return verdict

    return decide


def _any(parts: Sequence[Decision]) -> Decision:
    def decide(target: Values, credentials: Values) -> Verdict:
        verdict: Verdict = False
        for part in parts:
            said = part(target, credentials)
            if said is True:
                return True
            if said is None:
                verdict = None
        return verdict

    return decide


def _role(pattern: str) -> Decision:
    if "%" not in pattern:
        name = pattern.lower()
        return lambda _target, credentials: name in credentials["roles"]

    def decide(target: Values, credentials: Values) -> Verdict:
        try:
            return (pattern % target).lower() in credentials["roles"]
        except KeyError:
            return None

    return decide


def _equality(kind: str, pattern: str) -> Decision:
    """`project_id:%(project_id)s`, or a literal on the left: None unless both sides are there."""
    literal = _literal(kind)

    def decide(target: Values, credentials: Values) -> Verdict:
        try:
            return pattern % target == (str(credentials[kind]) if literal is None else literal)
        except KeyError:
            return None

    return decide


def _literal(kind: str) -> str | None:
    """The text of a literal such as `'red'` or `True`; None for the name of a credential."""
    try:
        return str(ast.literal_eval(kind))
    except (ValueError, SyntaxError):
        return None
