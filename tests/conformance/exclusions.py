"""Which tests cannot apply here, with the reason: one line each in exclusions/NAME.txt, `pattern: reason`.

A pattern is that of fnmatch, on the name of a test from its class on (`TestAgent.test_list`). Lines of `#` are remarks.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "exclusions"


class Exclusion(Struct, frozen=True):
    pattern: str
    reason: str


class Verdict(Struct, frozen=True):
    """Names of tests; `excluded` has the reason of each, `stale` the exclusions that nothing needed."""

    passed: list[str]
    failed: list[str]
    excluded: dict[str, str]
    stale: list[str]

    @property
    def good(self) -> bool:
        return bool(self.passed) and not self.failed and not self.stale

    def report(self) -> str:
        lines = [f"excluded {name}: {reason}" for name, reason in sorted(self.excluded.items())]
        lines += [f"FAILED   {name}" for name in sorted(self.failed)]
        lines += [f"STALE    {pattern}: no test that fails or is skipped needs it" for pattern in self.stale]
        lines.append(f"passed {len(self.passed)} failed {len(self.failed)} excluded {len(self.excluded)}")
        return "\n".join(lines)


def read_exclusions(name: str) -> list[Exclusion]:
    """Those of the file of this name; none when every test applies, and there is no file."""
    file = FOLDER / f"{name}.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = (line.split(": ", 1) for line in lines if line.strip() and not line.startswith("#"))
    return [Exclusion(pattern.strip(), reason.strip()) for pattern, reason in pairs]


def judge(exclusions: Iterable[Exclusion], passed: Iterable[str], others: Iterable[str]) -> Verdict:
    """What the run says. `others` failed or were skipped: either needs an exclusion, which a test that passes must not."""
    reasons: dict[str, str] = {}
    failed, needed = [], set()
    for name in others:
        found = next((exclusion for exclusion in exclusions if fnmatchcase(name, exclusion.pattern)), None)
        if found is None:
            failed.append(name)
        else:
            reasons[name] = found.reason
            needed.add(found.pattern)
    stale = [exclusion.pattern for exclusion in exclusions if exclusion.pattern not in needed]
    return Verdict(passed=list(passed), failed=failed, excluded=reasons, stale=stale)
