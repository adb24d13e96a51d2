"""Why a rule said yes or no: the part of it that decided, in words for an operator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.checks import Checks, Verdict, plain
from identity.overrides import WORDS


@dataclass(frozen=True)
class Reason:
    """One part of a check with its verdict; `words` say what was compared.

    `joined` says how it is made of its `parts`: by `and`, `or`, `not`, or of none.
    """

    text: str
    verdict: Verdict
    words: str = ""
    joined: str = ""
    parts: Sequence["Reason"] = ()

    def deciding(self) -> Iterator["Reason"]:
        """The smallest parts that made the verdict what it is: of several that would do alone, the first."""
        if not self.parts:
            yield self
        for part in self._deciding_parts():
            yield from part.deciding()

    def _deciding_parts(self) -> Sequence["Reason"]:
        passes = self.verdict is True
        if self.joined == "not" or (self.joined == "and") == passes:
            return self.parts
        return [part for part in self.parts if (part.verdict is True) == passes][:1]


def explain(check: Any, checks: Checks, target: Mapping[str, Any], credentials: Mapping[str, Any]) -> Reason:
    """The reason of a verdict. `target` and `credentials` are as `checks.plain` takes them."""
    verdict, text = plain(check, checks)(target, credentials), str(check)
    match type(check).__name__:
        case "AndCheck" | "OrCheck":
            joined = "and" if type(check).__name__ == "AndCheck" else "or"
            parts = [explain(part, checks, target, credentials) for part in check.rules]
            return Reason(text, verdict, joined=joined, parts=parts)
        case "NotCheck":
            return Reason(text, verdict, joined="not", parts=[explain(check.rule, checks, target, credentials)])
        case "RuleCheck":
            return explain(checks[check.match], checks, target, credentials)
        case "RoleCheck":
            return Reason(text, verdict, f"the roles are {', '.join(sorted(credentials['roles'])) or 'none'}")
        case "GenericCheck":
            return Reason(text, verdict, _compared(check, target, credentials))
    return Reason(text, verdict, "everybody passes" if verdict else "nobody passes")


def _compared(check: Any, target: Mapping[str, Any], credentials: Mapping[str, Any]) -> str:
    named = WORDS.findall(check.match)
    sides = [f"the token's {check.kind} is {_said(credentials, check.kind)}"] if check.kind.isidentifier() else []
    return ", ".join([*sides, *(f"the target's {word} is {_said(target, word)}" for word in named)])


def _said(values: Mapping[str, Any], key: str) -> str:
    return f"'{values[key]}'" if values.get(key) is not None else "missing"
