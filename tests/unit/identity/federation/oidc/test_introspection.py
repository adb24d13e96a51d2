"""What a provider says of an opaque token counts only if the token was made for us."""

from typing import Any

import pytest

from identity.federation.oidc.introspection import check_introspection
from identity.federation.oidc.settings import OidcProvider
from identity.federation.oidc.verification import TokenRefused

NOW = 1_800_000_000
PROVIDER = OidcProvider(issuer="https://login.example", audiences=("us",), clients=("cli",))
GOOD = {"active": True, "sub": "fern", "aud": "us", "client_id": "cli", "exp": NOW + 60}


def test_token_for_us_is_taken() -> None:
    check_introspection(GOOD, PROVIDER, now=NOW)
    check_introspection({**GOOD, "aud": ["others", "us"], "iss": PROVIDER.issuer, "nbf": NOW}, PROVIDER, now=NOW)
    without = {name: value for name, value in GOOD.items() if name != "aud"}
    check_introspection(without, PROVIDER, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        *({"active": value} for value in (False, None, "true", 1)),
        {"iss": "https://login.example.org"},
        *({"exp": value} for value in (NOW - 60, None, "soon", True)),
        {"nbf": NOW + 60},
        *({"aud": value} for value in ("others", ["others"], [None], {}, 7)),
        *({"client_id": value} for value in ("other-app", None, ["cli"])),
        {"azp": "other-app"},
        *({"sub": value} for value in (None, "", 7, "x" * 256)),
        {"aud": None, "client_id": None},
    ],
    ids=str,
)
def test_threat_J4_other_answers_are_refused(change: dict[str, Any]) -> None:
    answer = {**GOOD, **change}
    if change == {"aud": None, "client_id": None}:
        del answer["client_id"]
    with pytest.raises(TokenRefused):
        check_introspection(answer, PROVIDER, now=NOW)
