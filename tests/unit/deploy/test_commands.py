"""What deploy/up and deploy/down refuse, before they touch anything."""

import subprocess
from pathlib import Path

import pytest

from deploy.lab.down import purge_files
from deploy.lab.state import CHECKOUT, State

DEPLOY = CHECKOUT / "deploy"


def refusal(*command: str | Path) -> str:
    """What a command that must fail says on standard error."""
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode != 0
    return ended.stderr


@pytest.mark.parametrize("script", ["up", "down"])
def test_unknown_argument_is_refused_by_name(script: str, tmp_path: Path) -> None:
    said = refusal(DEPLOY / script, "--state", tmp_path / "lab", "--purg")
    assert "unknown argument: --purg" in said
    assert f"usage: deploy/{script}" in said
    assert not (tmp_path / "lab").exists()


def test_purge_leaves_a_directory_that_is_no_lab(tmp_path: Path) -> None:
    (tmp_path / "thesis").touch()
    assert "is not a lab's directory" in refusal(DEPLOY / "down", "--purge", "--state", tmp_path)
    with pytest.raises(ValueError, match="is not a lab's directory"):
        purge_files(State(tmp_path))
    assert (tmp_path / "thesis").exists()
