"""Logs keep secrets out and stay bounded."""

from runtime.logs import mask_and_cut


def test_threat_S1_values_of_secret_keys_are_masked() -> None:
    event = mask_and_cut(None, "info", {"event": "login", "password": "x", "auth_token": "y", "user": "z"})
    assert event == {"event": "login", "password": "***", "auth_token": "***", "user": "z"}


def test_threat_Q5_long_values_are_cut() -> None:
    event = mask_and_cut(None, "info", {"event": "x", "name": "n" * 10_000, "exception": "e" * 100_000})
    assert len(event["name"]) < 300
    assert len(event["exception"]) == 8192
