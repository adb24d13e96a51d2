"""Owners by kind: parents first, unknown kinds left alone."""

from northbound.translation.desired import KINDS, OwnerKind, in_order, split_owner


def a_kind(name: str) -> OwnerKind:
    return OwnerKind(name, f"northbound.{name}s", read=lambda conn, ids: None, plan=lambda resource: ())


def test_parents_come_first_and_strangers_not_at_all():
    kinds = [a_kind("network"), a_kind("port")]
    assert in_order(["port/b", "gadget/x", "network/z", "port/a"], kinds) == ["network/z", "port/a", "port/b"]


def test_an_owner_is_its_kind_and_id():
    assert split_owner("port/4f6c") == ("port", "4f6c")


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
