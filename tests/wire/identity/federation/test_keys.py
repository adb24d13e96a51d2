"""How keys of a provider are fetched: as they change, within bounds, and from nobody else."""

import asyncio
import datetime
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from identity.federation.oidc.documents import AT_ONCE, open_client
from identity.federation.oidc.issuers import FRESH_S, MOST_ASKED, OLDEST_S, RETRY_S, Issuer
from identity.federation.oidc.settings import OidcProvider
from identity.federation.oidc.verification import TokenRefused
from runtime.errors import Unavailable
from tests.daemons.oidc.provider import OidcServer, run_provider
from tests.daemons.sandbox import sandbox
from tests.wire.identity.federation.conftest import Forge, trusted, with_secret


class Watch:
    """An issuer, and a clock that a test turns."""

    def __init__(self, provider: OidcProvider, client: object) -> None:
        self.now = 1000.0
        self.issuer = Issuer(provider, client, lambda: self.now)

    async def takes(self, token: str) -> bool:
        try:
            return bool(await self.issuer.verified(token))
        except TokenRefused:
            return False


@pytest.fixture
async def watch(oidc: OidcServer) -> AsyncIterator[Watch]:
    async with open_client() as client:
        yield Watch(trusted(oidc), client)


async def test_rotated_key_is_known_when_a_token_names_it(oidc: OidcServer, watch: Watch) -> None:
    old = await oidc.token_of("fern")
    assert await watch.takes(old)
    await oidc.rotate("EC", keep=1)
    new = await oidc.token_of("fern")
    watch.now += RETRY_S
    assert await watch.takes(new)
    assert await watch.takes(old)
    await oidc.rotate("RSA")
    assert await watch.takes(old), "nobody has told us yet"
    watch.now += FRESH_S
    assert not await watch.takes(old)
    assert not await watch.takes(new)
    assert await watch.takes(await oidc.token_of("fern"))


async def test_threat_J2_unknown_keys_ask_the_provider_once_in_a_while(oidc: OidcServer, watch: Watch) -> None:
    assert await watch.takes(await oidc.token_of("fern"))
    good = await oidc.sign({"iss": oidc.issuer}, kid="other")
    watch.now += RETRY_S
    assert not any(await asyncio.gather(*(watch.takes(good) for _ in range(20))))
    assert (await oidc.asked()).count("/jwks") == 2
    watch.now += RETRY_S / 2
    assert not await watch.takes(good)
    assert (await oidc.asked()).count("/jwks") == 2
    watch.now += RETRY_S
    assert not await watch.takes(good)
    assert (await oidc.asked()).count("/jwks") == 3


async def test_outage_of_the_provider_is_bridged_for_an_hour(oidc: OidcServer, watch: Watch) -> None:
    token = await oidc.token_of("fern")
    assert await watch.takes(token)
    await oidc.get_into_trouble(jwks="away")
    watch.now += OLDEST_S - 1
    assert await watch.takes(token)
    watch.now += RETRY_S
    with pytest.raises(Unavailable):
        await watch.takes(token)
    with pytest.raises(Unavailable):
        await watch.takes(token)
    await oidc.get_into_trouble()
    watch.now += RETRY_S
    assert await watch.takes(token)


@pytest.mark.parametrize(
    "trouble",
    [
        *({"jwks": what} for what in ("away", "large", "{}", '{"keys": []}', '{"keys": [', '{"keys":[],"keys":[]}')),
        {"jwks": "http://127.0.0.1:1/keys"},
        {".well-known/openid-configuration": "away"},
        {".well-known/openid-configuration": '{"issuer": "https://login.example"}'},
    ],
    ids=str,
)
async def test_threat_J2_provider_that_answers_otherwise_is_not_believed(
    oidc: OidcServer, watch: Watch, trouble: dict[str, str]
) -> None:
    token = await oidc.token_of("fern")
    await oidc.get_into_trouble(**trouble)
    with pytest.raises(Unavailable):
        await watch.takes(token)
    await oidc.get_into_trouble()
    watch.now += RETRY_S
    assert await watch.takes(token)


async def test_threat_J2_keys_on_another_host_take_the_operators_word(oidc: OidcServer) -> None:
    """Neither a redirection nor the provider's own document moves us to another host, here another port."""
    async with run_provider() as other, open_client() as client:
        elsewhere = f'{{"issuer": "{oidc.issuer}", "jwks_uri": "{other.issuer}/jwks"}}'
        for trouble in ({".well-known/openid-configuration": elsewhere}, {"jwks": f"{other.issuer}/jwks"}):
            await oidc.get_into_trouble(**trouble)
            with pytest.raises(Unavailable):
                await Watch(trusted(oidc), client).takes(await oidc.token_of("fern"))
        assert await other.asked() == []
        await oidc.get_into_trouble()
        allowed = trusted(oidc, jwks_uri=f"{other.issuer}/jwks")
        claims = {"iss": oidc.issuer, "aud": "meridian", "sub": "x", "iat": 1, "exp": 4_000_000_000}
        assert await Watch(allowed, client).takes(await other.sign(claims))


async def test_provider_that_is_away_is_told_from_a_bad_token(forge: Forge) -> None:
    token = await forge.oidc.token_of("fern")
    await forge.oidc.get_into_trouble(jwks="away")
    answer = await forge.sign_in(token)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0


async def test_provider_that_hangs_keeps_nobody_from_signing_in_by_another(oidc: OidcServer) -> None:
    """Of those who wait for it there is a bound, too: the others are told at once."""
    async with run_provider() as other, open_client() as client:
        hanging, healthy = Watch(with_secret(oidc), client), Watch(with_secret(other), client)
        token = await other.token_of("fern", "openid opaque")
        assert await healthy.takes(token)
        assert not await hanging.takes("opaque.0")
        await oidc.get_into_trouble(introspect="silent")
        waiting = [asyncio.create_task(hanging.takes(f"opaque.{number}")) for number in range(MOST_ASKED)]
        while (await oidc.asked()).count("/introspect") < 1 + AT_ONCE:
            await asyncio.sleep(0.01)
        assert await healthy.takes(token)
        with pytest.raises(Unavailable):
            await hanging.takes("opaque.0")
        assert not any(task.done() for task in waiting)
        await oidc.get_into_trouble()
        await asyncio.wait(waiting)
        assert not await hanging.takes("opaque.0")


async def test_certificate_of_the_provider_is_checked() -> None:
    with sandbox("tls") as directory:
        certificate, key = make_certificate(directory)
        async with run_provider(certificate, key) as oidc, open_client() as client:
            token = await oidc.token_of("fern")
            with pytest.raises(Unavailable):
                await Watch(trusted(oidc), client).takes(token)
            assert await oidc.asked() == ["/token"]
            assert await Watch(trusted(oidc, ca_file=certificate), client).takes(token)


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """(certificate, key) of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (directory / "certificate.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(private)
    return directory / "certificate.pem", directory / "key.pem"
