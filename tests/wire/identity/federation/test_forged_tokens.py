"""Tokens that the provider did not make, or not for us: every one is refused, and nobody is connected to on their say.

Those that are signed by the provider's own key are what a forger would love to have: only the one thing that is said
is wrong with them.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from identity.federation.oidc.issuers import Issuer
from tests.daemons.oidc.provider import OidcServer, run_provider
from tests.daemons.sandbox import free_port
from tests.wire.identity.federation.conftest import PREFIX, Forge, add_provider, trusted

DROPPED = object()


def claims_of(oidc: OidcServer, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": oidc.issuer,
        "aud": "meridian",
        "azp": "openstack-cli",
        "sub": "id-of-fern",
        "iat": now,
        "exp": now + 300,
        "preferred_username": "fern",
        "email": "fern@example.org",
        "groups": ["gardeners"],
    }
    return {name: value for name, value in (said | changes).items() if value is not DROPPED}


def encode(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def refuses(forge: Forge, token: str | None) -> None:
    answer = await forge.sign_in(token)
    assert answer.status == 401, (token, answer.body)
    assert answer.body["error"]["message"] == "The request you have made requires authentication."


async def test_token_that_says_all_that_is_needed_is_taken(forge: Forge) -> None:
    for changes in ({}, {"aud": ["meridian", "others"]}, {"azp": DROPPED}, {"nbf": int(time.time())}):
        token = await forge.oidc.sign(claims_of(forge.oidc, **changes))
        assert (await forge.sign_in(token)).status == 201


def wrong_claims(now: int) -> Iterator[dict[str, Any]]:
    for name in ("iss", "aud", "sub", "exp", "iat"):
        yield from ({name: DROPPED}, {name: None})
    yield from ({"sub": value} for value in ("", 7, ["x"], "x" * 256))
    yield from ({"aud": value} for value in ("meridia", "meridian2", ["others"], [], {}, 7))
    yield from ({"azp": value} for value in ("other-app", "", None, ["openstack-cli"]))
    yield {"client_id": "other-app"}
    yield from ({"exp": value} for value in (now - 10, now - 100_000, "soon"))
    yield from ({name: now + 100_000} for name in ("iat", "nbf"))
    yield {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}


async def test_threat_J4_claims_of_the_provider_are_compared_whole(forge: Forge) -> None:
    for changes in wrong_claims(int(time.time())):
        await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc, **changes)))


async def test_threat_J4_issuer_of_the_provider_is_compared_whole(forge: Forge) -> None:
    for issuer in (
        forge.oidc.issuer + "/",
        forge.oidc.issuer[:-1],
        forge.oidc.issuer.upper(),
        "",
        "https://login.example",
    ):
        await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc, iss=issuer)))


def spellings(pem: bytes, der: bytes, jwk: str) -> Iterator[bytes]:
    yield from (pem, pem.strip(), pem.replace(b"\n", b"\r\n"), pem.replace(b"\n", b" "), b" " + pem, der)
    yield from (jwk.encode(), b"")


async def test_threat_J1_hmac_with_the_providers_public_key_is_refused(forge: Forge) -> None:
    async with forge.oidc.session.get(f"{forge.oidc.issuer}/jwks") as answer:
        (jwk,) = (await answer.json())["keys"]
    public = RSAAlgorithm.from_jwk(jwk)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(serialization.Encoding.PEM, spki)
    der = public.public_bytes(serialization.Encoding.DER, spki)
    for secret in spellings(pem, der, json.dumps(jwk)):
        text = f"{encode({'alg': 'HS256', 'kid': jwk['kid'], 'typ': 'JWT'})}.{encode(claims_of(forge.oidc))}"
        await refuses(forge, f"{text}.{encode(hmac.digest(secret, text.encode(), hashlib.sha256))}")


async def test_threat_J1_algorithm_is_never_the_tokens_choice(forge: Forge) -> None:
    header, payload, signature = (await forge.oidc.sign(claims_of(forge.oidc))).split(".")
    said = json.loads(base64.urlsafe_b64decode(header + "=="))
    for algorithm in ("none", "None", "NONE", "", None, "ES256", "RS512", "rs256", ["RS256"], 256):
        forged = encode(said | {"alg": algorithm})
        await refuses(forge, f"{forged}.{payload}.")
        await refuses(forge, f"{forged}.{payload}.{signature}")


async def test_threat_J2_key_of_the_provider_is_found_by_what_it_published_alone(forge: Forge) -> None:
    """Neither another key, nor one that the token brings along or points to, whatever it is called."""
    canary, visits = free_port(), []

    async def note(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.json_response({"keys": []})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", note)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", canary).start()
    try:
        url = f"http://127.0.0.1:{canary}/keys"
        mine = rsa.generate_private_key(65537, 2048)
        jwk = json.loads(RSAAlgorithm.to_jwk(mine.public_key()))
        assert (await forge.sign_in(await forge.oidc.sign(claims_of(forge.oidc)))).status == 201
        known = jwt.get_unverified_header(await forge.oidc.sign({}))["kid"]
        for kid in (known, "other", url, "file:///etc/passwd", "../signing", "'; --", "k" * 1000):
            for more in ({}, {"jwk": jwk}, {"jku": url}, {"x5u": url}, {"x5c": []}):
                headers = {"kid": kid, **more}
                await refuses(forge, jwt.encode(claims_of(forge.oidc), mine, "RS256", headers=headers))
        for more in ({"jku": url}, {"jwk": jwk}, {"x5u": url}, {"x5c": ["x"]}, {"crit": ["x"], "x": 1}, {"zip": "DEF"}):
            await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc), **more))
        await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc, iss=url)))
        assert visits == []
        asked = await forge.oidc.asked()
        assert asked.count("/jwks") <= 2, "whatever tokens say, keys are fetched once in ten seconds"
    finally:
        await runner.cleanup()


async def test_token_of_another_kind_is_refused(forge: Forge) -> None:
    for kind in ("logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE"):
        await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc), typ=kind))
    header, payload, signature = (await forge.oidc.sign(claims_of(forge.oidc))).split(".")
    said = json.loads(base64.urlsafe_b64decode(header + "=="))
    for kind in (7, ["JWT"], None):
        await refuses(forge, f"{encode(said | {'typ': kind})}.{payload}.{signature}")


async def test_threat_J11_token_of_the_provider_has_one_form(forge: Forge) -> None:
    header, payload, signature = (await forge.oidc.sign(claims_of(forge.oidc))).split(".")
    other = encode(claims_of(forge.oidc, sub="id-of-ivy"))
    twice = encode(b'{"alg":"none",' + base64.urlsafe_b64decode(header + "==")[1:])
    for token in (
        *(f"{header}.{other}.{signature}", f"{header}.{payload}.{signature}.{payload}.{signature}"),
        *(f"{twice}.{payload}.{signature}", f"{header}.{payload}", f"{header}..{signature}", "..", "."),
        *(json.dumps({"protected": header, "payload": payload, "signature": signature}), "x" * 7000, ""),
    ):
        await refuses(forge, token)
    await refuses(forge, None)
    session = forge.anonymous.session
    place = f"{forge.anonymous.server.url}{forge.place}/protocols/openid/auth"
    good = f"{header}.{payload}.{signature}"
    for headers in (
        [("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {good}")],
        [("Authorization", f"Basic {good}")],
        [("Authorization", good)],
        [("X-Auth-Token", good)],
    ):
        async with session.post(place, headers=headers) as answer:
            assert answer.status == 401


async def test_threat_K12_provider_speaks_for_its_own_users_alone(forge: Forge) -> None:
    """Issuer of provider A at the door of provider B, whose remote id is another; and one without any remote id."""
    await add_provider(forge.admin, "other", ["https://login.example"])
    await add_provider(forge.admin, "bare", [])
    token = await forge.oidc.token_of("fern")
    assert (await forge.sign_in(token)).status == 201
    for idp in ("other", "bare", "absent"):
        forge.idp = idp
        await refuses(forge, token)
    forge.idp, forge.protocol = "forge", "absent"
    await refuses(forge, token)


async def test_threat_K12_issuer_belongs_to_one_provider(forge: Forge) -> None:
    draft = {"identity_provider": {"remote_ids": [forge.oidc.issuer]}}
    refused = await forge.admin.send("PUT", f"{PREFIX}/identity_providers/thief", draft)
    assert refused.status == 409
    assert forge.oidc.issuer in refused.body["error"]["message"]
    await add_provider(forge.admin, "thief", [])
    refused = await forge.admin.send("PATCH", f"{PREFIX}/identity_providers/thief", draft)
    assert refused.status == 409


async def test_threat_K12_two_providers_and_their_keys_are_never_mixed(forge: Forge) -> None:
    """Another provider of ours, trusted for its own users: its keys sign nothing of the first."""
    async with run_provider() as rival:
        issuers = forge.anonymous.server.identity.issuers
        first = issuers._by_name[forge.oidc.issuer]
        issuers._by_name[rival.issuer] = Issuer(trusted(rival), first._documents._client)
        await add_provider(forge.admin, "rival", [rival.issuer])
        forged = await rival.sign(claims_of(forge.oidc))
        honest = await rival.sign(claims_of(rival))
        await refuses(forge, forged)
        await refuses(forge, honest)
        forge.idp = "rival"
        await refuses(forge, forged)
        answer = await forge.sign_in(honest)
        assert answer.status == 201
        assert answer.body["token"]["user"]["OS-FEDERATION"]["identity_provider"] == {"id": "rival"}


async def test_threat_K12_user_whom_no_rule_describes_gets_nothing(forge: Forge) -> None:
    await forge.set_rules(
        [
            {
                "local": [{"user": {"name": "{0}"}}],
                "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-absent"}],
            }
        ]
    )
    await refuses(forge, await forge.oidc.token_of("fern"))
    assert (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"] == []


async def test_threat_K12_user_has_no_roles_but_those_of_the_mapping(forge: Forge) -> None:
    answer = await forge.sign_in(await forge.oidc.token_of("ivy"))
    assert answer.status == 201
    assert answer.body["token"]["user"]["OS-FEDERATION"]["groups"] == []
    ivy = forge.anonymous.bearing(answer.headers["X-Subject-Token"])
    assert (await ivy.must("GET", "/v3/auth/projects"))["projects"] == []
    projects = (await forge.admin.must("GET", "/v3/projects"))["projects"]
    for project in projects:
        auth = {
            "identity": {"methods": ["token"], "token": {"id": ivy.token}},
            "scope": {"project": {"id": project["id"]}},
        }
        assert (await forge.anonymous.sign_in(auth)).status == 401


async def test_threat_K13_headers_that_name_somebody_are_never_read(forge: Forge) -> None:
    forged = {
        "OIDC-preferred_username": "admin",
        "OIDC_sub": "id-of-admin",
        "REMOTE_USER": "admin",
        "X_User_Id": "admin",
        "HTTP_OIDC_ISS": forge.oidc.issuer,
        "OIDC_groups": "gardeners",
        "X_Forwarded_User": "admin",
    }
    answer = await forge.sign_in(await forge.oidc.token_of("ivy"), **forged)
    assert answer.body["token"]["user"]["name"] == "ivy"
    assert answer.body["token"]["user"]["OS-FEDERATION"]["groups"] == []
    without = await forge.anonymous.send("POST", f"{forge.place}/protocols/openid/auth", **forged)
    assert without.status == 401


async def test_threat_K13_remote_id_attribute_has_to_hold_too(forge: Forge) -> None:
    place = f"{forge.place}/protocols/openid"
    await forge.admin.must("PATCH", place, {"protocol": {"remote_id_attribute": "HTTP_OIDC_ISS"}})
    assert (await forge.sign_in(await forge.oidc.token_of("fern"))).status == 201
    await forge.admin.must("PATCH", place, {"protocol": {"remote_id_attribute": "OIDC-tenant"}})
    await refuses(forge, await forge.oidc.token_of("fern"))
    await refuses(forge, await forge.oidc.sign(claims_of(forge.oidc, tenant="another")))
    assert (await forge.sign_in(await forge.oidc.sign(claims_of(forge.oidc, tenant=forge.oidc.issuer)))).status == 201


async def test_name_that_cannot_be_kept_is_refused_and_an_odd_one_is_kept(forge: Forge) -> None:
    for text, status in (("\ud800", 401), ("a\x00b", 401), (" ", 401), ("x" * 300, 401), ("\u202eadmin", 201)):
        token = await forge.oidc.sign(claims_of(forge.oidc, preferred_username=text))
        assert (await forge.sign_in(token)).status == status


async def test_bad_logins_from_one_address_are_slowed(forge: Forge) -> None:
    logins = forge.anonymous.server.identity.logins
    logins.addresses._per_minute = 3
    for _ in range(3):
        await refuses(forge, "x.y.z")
    assert (await forge.sign_in(await forge.oidc.token_of("fern"))).status == 429
