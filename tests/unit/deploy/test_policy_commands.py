"""`meridian policy`: verdicts with the part of the rule that decided, and what an operator replaced."""

from pathlib import Path

import pytest

from deploy.policy_commands import main

CREATE = "network:create_network"


def test_verdict_names_the_part_that_decided(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--roles", "member", "--project", "red", CREATE]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"allowed: {CREATE}\n")
    assert "role:member holds: the roles are member, reader" in said
    assert "role:admin" not in said.split("because", 1)[1]


def test_denial_names_what_is_lacking(capsys: pytest.CaptureFixture[str]) -> None:
    foreign = ["--target", "project_id=blue"]
    assert main(["check", "--roles", "member", "--project", "red", *foreign, CREATE]) == 1
    said = capsys.readouterr().out
    assert "role:admin does not hold" in said
    assert "the token's project_id is 'red', the target's project_id is 'blue'" in said


def test_scope_is_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--roles", "admin", "--system-scope", CREATE]) == 1
    assert "the token's scope is system, and the rule takes project" in capsys.readouterr().out


def test_route_stands_for_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--roles", "reader", "--project", "red", "PUT", "/network/v2.0/networks/5c2b64e2"]
    assert main(["check", *asked]) == 1
    assert "denied: network:update_network" in capsys.readouterr().out
    assert main(["check", "--roles", "", "POST", "/identity/v3/auth/tokens"]) == 0


@pytest.mark.parametrize("asked", [["network:make_network"], ["PUT", "/nowhere"], ["--target", "x", CREATE]])
def test_what_cannot_be_told_is_neither(asked: list[str]) -> None:
    assert main(["check", "--roles", "admin", "--project", "red", *asked]) == 2


def test_list_marks_what_was_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    override = tmp_path / "policy.yaml"
    override.write_text(f'"{CREATE}": "role:planner"\n')
    assert main(["list", "--policy", str(override), "create_network"]) == 0
    said = capsys.readouterr().out
    assert f"{CREATE}  (overridden)\n" in said
    assert "check    role:planner\n" in said
    assert "default  (role:admin or (role:member and project_id:%(project_id)s))" in said
    assert "scopes   project\n" in said
    assert "route    POST /network/v2.0/networks\n" in said
    assert main(["check", "--policy", str(override), "--roles", "admin", "--project", "red", CREATE]) == 1


def test_file_that_cannot_be_used_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    override = tmp_path / "policy.yaml"
    override.write_text('"network:create_networks": "@"\n')
    assert main(["list", "--policy", str(override)]) == 2
    assert "there is no rule of this name" in capsys.readouterr().err
