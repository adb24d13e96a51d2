"""Filters that directories are searched by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from sansldap import FilterAnd, FilterEquality, LDAPFilter

from identity.directories import filters
from identity.directories.options import DirectoryOptions

OPTIONS = DirectoryOptions(user_filter="(l=here)", user_id_attribute="uid", user_name_attribute="uid")


@given(st.text(min_size=1))
def test_threat_h6_value_is_one_value_whatever_it_holds(text: str) -> None:
    found = filters.users(OPTIONS, filters.equals("uid", text))
    assert isinstance(found, FilterAnd)
    assert found.filters == [
        FilterEquality("objectClass", b"inetOrgPerson"),
        FilterEquality("l", b"here"),
        FilterEquality("uid", text.encode(errors="replace")),
    ]


@pytest.mark.parametrize("text", ["*)(uid=*", "*", "\\2a", "rose)(|(uid=*", "a\x00b"])
def test_threat_h6_text_of_a_filter_never_holds_a_value_that_was_given(text: str) -> None:
    """Read back from text, the value is what it was."""
    assert LDAPFilter.from_string(str(filters.equals("uid", text))) == FilterEquality("uid", text.encode())


def test_names_of_a_query_narrow_the_search() -> None:
    query = MultiDict({"name__contains": "os", "name__startswith": "r", "name__iendswith": "E", "enabled": "true"})
    found = filters.users(OPTIONS, *filters.named("uid", query))
    assert str(found) == "(&(objectClass=inetOrgPerson)(l=here)(uid=*os*)(uid=r*)(uid=*E))"


def test_group_filter_is_that_of_groups() -> None:
    found = filters.groups(DirectoryOptions(group_filter="(ou=here)"), filters.equals("member", "uid=rose"))
    assert str(found) == "(&(objectClass=groupOfNames)(ou=here)(member=uid=rose))"
