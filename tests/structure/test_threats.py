"""tests/threats.md names tests that exist, and says something of every row it should."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LINE = re.compile(r"^\| (?P<row>[A-Z]\d+) \| (?P<said>.+) \|$", re.MULTILINE)
NAME = re.compile(r"`(test_\w+)`")
ROWS = [
    *(f"N{number}" for number in range(1, 17)),
    *(f"D{number}" for number in range(1, 9)),
    *(f"Q{number}" for number in (1, 2, 3, 4, 6)),
    *(f"P{number}" for number in range(1, 15)),
    *(f"J{number}" for number in range(1, 12)),
    *(f"K{number}" for number in range(1, 22)),
    *("H3", "H5", "H7", "H8"),
]
"""Those that the network API and its packets meet, those of tokens and identity, of who may do what by every API."""
LINES = [(match["row"], match["said"]) for match in LINE.finditer((TESTS / "threats.md").read_text())]
SAID = dict(LINES)


def functions_of(path: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


EXISTING = set().union(*(functions_of(path) for path in TESTS.rglob("test_*.py")))


@pytest.mark.parametrize("row", SAID)
def test_every_test_that_a_row_names_exists(row: str) -> None:
    missing = set(NAME.findall(SAID[row])) - EXISTING
    assert not missing, f"{row} names {missing}"


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_answered(row: str) -> None:
    assert row in SAID, f"tests/threats.md says nothing of {row}"


def test_every_row_is_answered_once() -> None:
    assert [row for row, _ in LINES] == list(SAID)
