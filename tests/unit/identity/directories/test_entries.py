"""Entries of a directory as users and groups."""

import pytest

from identity.directories.entries import Entry, is_enabled, parse_group, parse_members, parse_user
from identity.directories.options import DirectoryOptions

LOCK = {"user_enabled_invert": True, "user_enabled_default": "False"}
ACCOUNT_CONTROL = {"user_enabled_mask": 2, "user_enabled_default": "512"}


def options(**changed: object) -> DirectoryOptions:
    return DirectoryOptions(
        **{"user_id_attribute": "uid", "user_name_attribute": "uid", "group_name_attribute": "cn", **changed}
    )


@pytest.mark.parametrize("text", ["FALSE", "false", "0", "", " ", "null", "None", "no", "TRUEISH", "2", "\ufffd", "on"])
def test_threat_k2_whatever_does_not_say_true_is_disabled(text: str) -> None:
    assert not is_enabled(options(), [text.encode()])
    assert not is_enabled(options(user_enabled_default=text), None)


@pytest.mark.parametrize("values", [[], [b"TRUE", b"TRUE"], [b"TRUE", b"FALSE"], [b"\xff"]])
def test_threat_k2_what_is_not_one_readable_value_is_disabled(values: list[bytes]) -> None:
    assert not is_enabled(options(), values)


def test_threat_k2_no_default_is_disabled() -> None:
    assert not is_enabled(options(user_enabled_default=None), None)
    assert not is_enabled(options(user_enabled_default=None, user_enabled_mask=2), None)


@pytest.mark.parametrize("text", ["TRUE", "true", "True", "1", " true "])
def test_true_is_enabled(text: str) -> None:
    assert is_enabled(options(), [text.encode()])
    assert is_enabled(options(user_enabled_default=text), None)


@pytest.mark.parametrize(
    ("values", "enabled"),
    [(None, True), ([b"FALSE"], True), ([b"0"], True), ([b"TRUE"], False), ([b""], False), ([b"locked"], False)],
)
def test_threat_k2_lock_that_is_not_understood_is_closed(values: list[bytes] | None, enabled: bool) -> None:
    assert is_enabled(options(**LOCK), values) is enabled


@pytest.mark.parametrize(
    ("values", "enabled"),
    [(None, True), ([b"512"], True), ([b"514"], False), ([b"TRUE"], False), ([b""], False), ([b"-512"], False)],
)
def test_threat_k2_bits_that_are_not_understood_are_disabled(values: list[bytes] | None, enabled: bool) -> None:
    assert is_enabled(options(**ACCOUNT_CONTROL), values) is enabled


def test_attributes_are_found_whatever_their_case_and_shown_as_keystone_does() -> None:
    entry = Entry("uid=Rose,ou=x", {"uid": [b"Rose"], "mail": [b"rose@corp.example", b"second"], "sn": [b"R"]})
    user = parse_user("d1", options(user_id_attribute="UID"), entry)
    assert user is not None
    assert (user.local_id, user.name, user.enabled) == ("Rose", "Rose", True)
    assert user.extra == {"email": "rose@corp.example"}


@pytest.mark.parametrize(
    "values", [{}, {"uid": []}, {"uid": [b""]}, {"uid": [b"\xff\xfe"]}, {"uid": [b"a\x00b"]}, {"uid": [b"x" * 256]}]
)
def test_entry_without_a_readable_name_is_nobody(values: dict[str, list[bytes]]) -> None:
    assert parse_user("d1", options(), Entry("uid=x", values)) is None
    named_by_cn = {"cn": values["uid"]} if "uid" in values else {}
    assert parse_group("d1", options(), Entry("cn=x", named_by_cn)) is None


def test_group_that_is_shown_in_part_is_not_empty() -> None:
    """Active Directory leaves `member` empty then, and puts the first ones under another name."""
    part = {"member": [], "member;range=0-1": [b"uid=rose", b"uid=bill"]}
    assert parse_members(options(), Entry("cn=many", part)) is None
    assert parse_members(options(), Entry("cn=one", {"member": [b"uid=rose"]})) == ("uid=rose",)
    assert parse_members(options(), Entry("cn=none", {})) == ()
