"""What access rules permit. Pure.

A path is compared segment by segment: `*` and `{name}` stand for one segment, `**` for any number of them. It may be
written as the service's own documents have it (`/v2.1/servers`) or as this cloud serves it (`/compute/v2.1/servers`).
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

WILD = re.compile(r"\*\*|\*|{[^{}/]*}")


def permits(rules: Iterable[Mapping[str, Any]], service: str, method: str, paths: Iterable[str]) -> bool:
    """Whether any rule names the service, the method, and one of the spellings of the path."""
    spellings = list(paths)
    return any(
        rule["service"] == service
        and rule["method"] == method
        and any(_compiled(rule["path"]).fullmatch(path) for path in spellings)
        for rule in rules
    )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    literal = [re.escape(text) for text in WILD.split(pattern)]
    wild = [".*" if text == "**" else "[^/]+" for text in WILD.findall(pattern)]
    return re.compile("".join(part for pair in zip(literal, [*wild, ""], strict=True) for part in pair), re.DOTALL)
