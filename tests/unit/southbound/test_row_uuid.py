"""Row UUIDs are those of RFC 4122, version 5: rows that are in OVN today keep theirs."""

from uuid import NAMESPACE_URL, uuid5

from hypothesis import given
from hypothesis import strategies as st

from southbound.ovsdb.rows import row_uuid


@given(st.text(), st.text())
def test_row_uuid_is_the_name_based_uuid_of_owner_and_part(owner: str, part: str) -> None:
    assert row_uuid(owner, part) == str(uuid5(NAMESPACE_URL, f"meridian:{owner}:{part}"))
