"""Addresses that an operator may trust, and how a provider's documents are held to them."""

import pytest

from identity.federation.oidc.settings import OidcProvider, same_host


@pytest.mark.parametrize(
    "issuer",
    ["https://login.example", "https://login.example:8443/realms/x", "http://127.0.0.1:8080", "http://[::1]:1"],
)
def test_issuer_answers_by_https_or_on_this_machine(issuer: str) -> None:
    assert OidcProvider(issuer=issuer, audiences=("us",)).parties == ("us",)


@pytest.mark.parametrize(
    "issuer",
    [
        *("http://login.example", "http://10.0.0.1", "http://127.0.0.1.example", "ftp://login.example", "file:///etc"),
        *(
            "https://",
            "https://user@login.example",
            "https://login.example?x",
            "https://login.example#x",
            "login.example",
        ),
        *("https://login.example:0", "https://login.example:99999", "data:,", ""),
    ],
)
def test_threat_J2_other_addresses_are_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        OidcProvider(issuer=issuer, audiences=("us",))
    with pytest.raises(ValueError, match="jwks_uri"):
        OidcProvider(issuer="https://login.example", audiences=("us",), jwks_uri=issuer or "x")


def test_whom_tokens_are_for_has_to_be_said() -> None:
    for audiences in ((), ("",)):
        with pytest.raises(ValueError, match="audiences"):
            OidcProvider(issuer="https://login.example", audiences=audiences)
    with pytest.raises(ValueError, match="client_secret"):
        OidcProvider(issuer="https://login.example", audiences=("us",), client_id="us")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://login.example/keys", True),
        ("https://LOGIN.example:443/keys", True),
        ("https://login.example:444/keys", False),
        ("http://login.example/keys", False),
        ("https://login.example.org/keys", False),
        ("https://login.example@other.example/keys", False),
        ("https://other.example\\@login.example/", False),
        ("https://[/", False),
        ("/keys", False),
        ("file:///etc/passwd", False),
    ],
)
def test_threat_J2_what_is_published_is_on_the_issuers_own_host(other: str, same: bool) -> None:
    assert same_host(other, "https://login.example") is same
