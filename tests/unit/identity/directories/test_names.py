"""Names of entries, compared."""

import pytest

from identity.directories.names import parse_name, value_of


@pytest.mark.parametrize(
    "spelling",
    [
        "uid=rose,ou=people,dc=corp",
        "UID=Rose, OU=People , DC=Corp",
        "uid=ros\\65,ou=people,dc=corp",
        "uid=\\72\\6f\\73\\65,ou=people,dc=corp",
    ],
)
def test_one_name_is_known_however_it_is_spelled(spelling: str) -> None:
    assert parse_name(spelling) == parse_name("uid=rose,ou=people,dc=corp")


@pytest.mark.parametrize(
    "other",
    [
        "uid=rose,ou=people",
        "uid=rose\\,ou=people,dc=corp",
        "uid=rose,ou=people,dc=corp,dc=example",
        "uid=,ou=people",
        "",
    ],
)
def test_other_names_are_others(other: str) -> None:
    assert parse_name(other) != parse_name("uid=rose,ou=people,dc=corp")


def test_escaped_signs_belong_to_the_value() -> None:
    assert value_of(parse_name("cn=Bell\\, Rose \\+ Co\\3d,ou=x"), "CN") == "bell, rose + co="
    assert value_of(parse_name("cn=été,ou=x"), "cn") == "été"
    assert value_of(parse_name("cn=rose,ou=x"), "uid") is None


def test_order_within_a_part_does_not_matter() -> None:
    assert parse_name("cn=rose+uid=7,ou=x") == parse_name("uid=7+cn=Rose,ou=x")


@pytest.mark.parametrize("broken", ["\\", "a\\", "=", ",,,", "+", "a=b\\"])
def test_broken_names_are_read_to_their_end(broken: str) -> None:
    assert isinstance(parse_name(broken), tuple)
