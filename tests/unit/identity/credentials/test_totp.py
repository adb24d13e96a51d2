"""One-time passcodes, and what is sealed."""

import base64
from pathlib import Path

import pytest

from identity.credentials.totp import matching_step, passcode_at
from identity.credentials.vault import Vault, create_vault_key
from runtime.settings import SettingsError

KEY = b"12345678901234567890"
SEED = base64.b32encode(KEY).decode()


@pytest.mark.parametrize(
    ("now_s", "passcode"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_passcodes_are_those_of_the_rfc(now_s: int, passcode: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    assert passcode_at(KEY, now_s // 30) == passcode
    assert matching_step(SEED, passcode, now_s, 0) == now_s // 30


def test_passcode_serves_in_its_step_and_the_next_and_once() -> None:
    passcode, step = passcode_at(KEY, 1000), 1000
    assert matching_step(SEED, passcode, step * 30, 0) == step
    assert matching_step(SEED.lower(), passcode, (step + 1) * 30, 0) == step
    assert matching_step(SEED, passcode, (step + 2) * 30, 0) is None
    assert matching_step(SEED, passcode, (step - 1) * 30, 0) is None
    assert matching_step(SEED, passcode, step * 30, step) is None
    assert matching_step(SEED, "\u0661\u0662\ud800", step * 30, 0) is None
    assert matching_step("!", passcode, step * 30, 0) is None


def test_threat_k21_sealed_text_opens_for_its_owner_with_its_key_alone(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for directory in (tmp_path, tmp_path / "other"):
        create_vault_key(directory)
    vault = Vault(tmp_path)
    sealed = vault.seal("text", "rose")
    create_vault_key(tmp_path)
    assert b"text" not in sealed
    assert Vault(tmp_path).open(sealed, "rose") == "text"
    assert vault.open(sealed, "bill") is None
    assert Vault(tmp_path / "other").open(sealed, "rose") is None
    assert vault.seal("text", "rose") != sealed


def test_threat_j6_vault_with_a_bad_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"credentials\.key"):
        Vault(tmp_path)
    create_vault_key(tmp_path)
    (tmp_path / "credentials.key").chmod(0o640)
    with pytest.raises(SettingsError, match="others may read"):
        Vault(tmp_path)
    (tmp_path / "credentials.key").write_bytes(b"short")
    (tmp_path / "credentials.key").chmod(0o600)
    with pytest.raises(SettingsError, match="32 bytes"):
        Vault(tmp_path)
