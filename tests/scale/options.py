"""What a run is told."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`seconds` a round, `rounds` whose median counts; `largest` is the most ports that a measurement makes.

    `ceilings` is a folder with `limits_e2e.py`, run by `ceilings_python`.
    """

    seconds: float = 3.0
    rounds: int = 3
    largest: int = 20_000
    northd: bool = False
    ceilings: Path | None = None
    ceilings_python: str = sys.executable
