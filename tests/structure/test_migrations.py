"""A function of the database has one text that counts: its file in migrations/functions."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("*/migrations/functions/*.sql"))
BEFORE_THERE_WERE_FILES = "0112"
CREATES = re.compile(r"^CREATE (OR REPLACE )?(FUNCTION|TRIGGER) (?:\w+\.)?(\w+)", re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_of_functions_can_be_applied_again(file: Path) -> None:
    assert all(replaces for replaces, _, _ in CREATES.findall(file.read_text())), "each is CREATE OR REPLACE"
    assert file.stem in [name for _, _, name in CREATES.findall(file.read_text())], "named by what it defines"


def test_function_is_defined_once() -> None:
    numbered = [file for file in ROOT.glob("*/migrations/*.sql") if file.name > BEFORE_THERE_WERE_FILES]
    defined = [
        (name, file.name)
        for file in [*FILES, *numbered]
        for _, kind, name in CREATES.findall(file.read_text())
        if kind == "FUNCTION"
    ]
    names = [name for name, _ in defined]
    twice = [found for found in defined if names.count(found[0]) > 1]
    assert not twice, "a definition in a numbered file is replaced by that of its file"
