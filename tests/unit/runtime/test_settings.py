"""Settings: unknown keys are refused, secrets stay out of the file and out of sight."""

from pathlib import Path

import msgspec
import pytest

from runtime.settings import Secret, SettingsError, load


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    port: int = 5000
    password: Secret | None = None
    directory: Path | None = None


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: Part = Part()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return path


def test_values_and_defaults(tmp_path: Path) -> None:
    whole = load(Whole, written(tmp_path, '[part]\nport = 1\ndirectory = "/x"'))
    assert whole == Whole(Part(port=1, directory=Path("/x")))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[part]\nprot = 1", "prot"),
        ('[part]\nport = "1"', "port"),
        ("[other]", "other"),
        ("[part", "settings.toml"),
        ('[part]\npassword = "plain"', "secret"),
        ('[part]\npassword = { file = "/absent/secret" }', "/absent/secret"),
        ('[part]\npassword = { env = "UNSET" }', "UNSET"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        load(Whole, written(tmp_path, text), {})


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="absent"):
        load(Whole, tmp_path / "absent.toml")


def test_secret_from_file_must_be_private(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish\n")
    settings = written(tmp_path, f'[part]\npassword = {{ file = "{secret}" }}')
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load(Whole, settings)
    secret.chmod(0o600)
    assert load(Whole, settings).part.password.reveal() == "swordfish"


def test_threat_S1_secret_never_prints() -> None:
    part = Part(password=Secret("swordfish"))
    assert "swordfish" not in f"{part} {part!r} {part.password} {part.password!r}"
