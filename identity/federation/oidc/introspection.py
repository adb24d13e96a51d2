"""What a provider says of a token that only it can read (RFC 7662). Pure."""

import time
from collections.abc import Mapping
from typing import Any

from identity.federation.oidc.settings import OidcProvider
from identity.federation.oidc.verification import LEEWAY_S, TokenRefused, check_parties, check_subject


def check_introspection(answer: Mapping[str, Any], provider: OidcProvider, *, now: float | None = None) -> None:
    """Raises TokenRefused unless the token is alive and was made for us, by an audience or a client that says so."""
    now = time.time() if now is None else now
    if answer.get("active") is not True:
        raise TokenRefused("not active")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise TokenRefused("issuer")
    moments = [answer.get("exp"), answer.get("nbf", 0)]
    if not all(isinstance(moment, int | float) and not isinstance(moment, bool) for moment in moments):
        raise TokenRefused("moments")
    if moments[0] + LEEWAY_S <= now or moments[1] - LEEWAY_S > now:
        raise TokenRefused("expired")
    audience = answer.get("aud")
    named = audience if isinstance(audience, list) else [audience] if audience is not None else []
    if named and not set(provider.audiences).intersection(name for name in named if isinstance(name, str)):
        raise TokenRefused("audience")
    if not named and answer.get("client_id") is None:
        raise TokenRefused("for nobody in particular")
    check_subject(answer)
    check_parties(answer, provider)
