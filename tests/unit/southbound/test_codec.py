"""Values survive the wire, and a difference leads from any value to any other."""

from hypothesis import given
from hypothesis import strategies as st

from southbound.ovsdb import codec
from southbound.ovsdb.schema import ColumnType

UUIDS = st.uuids().map(str)
OPTIONAL = ColumnType("integer", None, 0, 1, None, False)
SET = ColumnType("string", None, 0, None, None, False)
REFERENCES = ColumnType("uuid", None, 0, None, "Port", True)
MAP = ColumnType("string", "string", 0, None, None, False)
typed_values = st.one_of(
    st.tuples(st.just(ColumnType("string", None, 1, 1, None, False)), st.text()),
    st.tuples(st.just(ColumnType("uuid", None, 1, 1, None, False)), UUIDS),
    st.tuples(st.just(OPTIONAL), st.none() | st.integers()),
    st.tuples(st.just(SET), st.frozensets(st.text())),
    st.tuples(st.just(REFERENCES), st.frozensets(UUIDS)),
    st.tuples(st.just(MAP), st.dictionaries(st.text(), st.text())),
)


@given(typed_values)
def test_decode_undoes_encode(typed: tuple):
    kind, value = typed
    assert codec.decode(kind, codec.encode(kind, value)) == value
    assert codec.normalize(kind, value) == value


@given(st.frozensets(st.integers()), st.frozensets(st.integers()))
def test_a_set_comes_as_what_entered_or_left(before: frozenset, after: frozenset):
    kind = ColumnType("integer", None, 0, None, None, False)
    assert codec.apply_difference(kind, before, codec.encode(kind, before ^ after)) == after


small_maps = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"))


@given(small_maps, small_maps)
def test_a_map_comes_as_new_values_and_entries_that_left(before: dict, after: dict):
    gone = {key: value for key, value in before.items() if key not in after}
    new = {key: value for key, value in after.items() if before.get(key) != value}
    assert codec.apply_difference(MAP, before, codec.encode(MAP, gone | new)) == after


def test_one_element_may_come_without_its_set():
    assert codec.decode(SET, "one") == {"one"}
    assert codec.decode(REFERENCES, ["uuid", "u"]) == {"u"}
    assert codec.decode(OPTIONAL, 7) == 7
    assert codec.decode(OPTIONAL, ["set", []]) is None
