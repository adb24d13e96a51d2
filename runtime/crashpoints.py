"""Places where a test may kill this process: `CRASHPOINT=name:nth` in the environment ends it at that passage.

A point stands before and after each await whose outcome the outside world keeps. The process ends as SIGKILL ends
it: no handler runs, nothing is flushed. Without the variable a point costs one dictionary lookup.
"""

import os

CRASHED_STATUS = 137

_passages: dict[str, int] = {}


def crash_point(name: str) -> None:
    """End the process here if this is the passage that `CRASHPOINT` names; the first passage is number 1."""
    wanted = os.environ.get("CRASHPOINT")
    if wanted is None:
        return
    _passages[name] = _passages.get(name, 0) + 1
    if wanted == f"{name}:{_passages[name]}":
        os._exit(CRASHED_STATUS)
