"""Claims as mappings know them."""

import json

from hypothesis import given
from hypothesis import strategies as st

from identity.federation.sign_in.assertion import assertion_of


def test_claims_have_the_names_that_mod_auth_openidc_gives_them() -> None:
    said = assertion_of({"preferred_username": "fern", "email-verified": True, "age": 7, "realm": {"roles": ["a"]}})
    assert said["OIDC-preferred_username"] == said["HTTP_OIDC_PREFERRED_USERNAME"] == ["fern"]
    assert said["OIDC-email-verified"] == said["HTTP_OIDC_EMAIL_VERIFIED"] == ["1"]
    assert said["OIDC-age"] == ["7"]
    assert json.loads(said["OIDC-realm"][0]) == {"roles": ["a"]}


def test_threat_K12_one_name_is_never_several() -> None:
    said = assertion_of({"name": "fern;admins,root", "groups": ["a;b", "c"]})
    assert said["OIDC-name"] == ["fern;admins,root"]
    assert said["OIDC-groups"] == ["a;b", "c"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800") | st.just("a\x00b"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_whatever_is_claimed_can_be_stored(claims: dict[str, object]) -> None:
    for values in assertion_of(claims).values():
        for value in values:
            assert value
            assert "\x00" not in value
            value.encode()


def test_values_beyond_the_bounds_are_left_out() -> None:
    said = assertion_of({"long": "x" * 1025, "many": [str(number) for number in range(1000)], "empty": ["", None]})
    assert said["OIDC-long"] == []
    assert len(said["OIDC-many"]) == 256
    assert said["OIDC-empty"] == []
