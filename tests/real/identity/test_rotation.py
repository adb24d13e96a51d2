"""Another key signs while two processes of one cloud answer."""

import asyncio

import aiohttp

from identity.keys.rotation import rotate
from identity.settings import IdentitySettings
from runtime.database import DatabaseSettings
from tests.daemons.identity import IdentityServer, serve_identity
from tests.daemons.sandbox import free_port
from tests.identity_http import Http, by_password, by_token, on_project


async def test_rotation_under_load_fails_no_request(
    identity_server: IdentityServer, identity_settings: IdentitySettings, database_settings: DatabaseSettings
) -> None:
    """Each worker makes tokens on one process and uses them on the other, before, during and after the rotation."""
    async with (
        serve_identity(identity_settings, database_settings, free_port()) as other,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        first, second = Http(identity_server, session), Http(other, session)
        root = await first.token_of(by_password("admin", identity_server.admin_password, on_project("admin")))
        stop = asyncio.Event()
        workers = [asyncio.create_task(work(http, root, stop)) for http in [(first, second), (second, first)] * 2]
        new = await asyncio.to_thread(
            rotate, identity_settings.key_directory, notice_s=10 * identity_settings.key_period_s
        )
        async with asyncio.timeout(10):
            while {http.server.identity.keys.signing.id for http in (first, second)} != {new}:
                await asyncio.sleep(0.01)
        last = await first.token_of(by_token(root))
        stop.set()
        statuses = [status for worker in workers for status in await worker]
        assert len(statuses) > 20
        assert set(statuses) == {200}
        assert last.partition(".")[0] == identity_server.identity.keys.signing.header
        for token in (root, last):
            assert (await second.bearing(token).get("/v3/auth/projects")).status == 200
        shown = await first.bearing(None).get("/.well-known/jwks.json")
        assert {key["kid"] for key in shown.body["keys"]} >= {new}
        assert all("d" not in key for key in shown.body["keys"])


async def work(makes_and_uses: tuple[Http, Http], root: str, stop: asyncio.Event) -> list[int]:
    makes, uses = makes_and_uses
    statuses = []
    while not stop.is_set():
        answer = await makes.sign_in(by_token(root))
        assert answer.status == 201
        for http in (uses, makes):
            token = answer.headers["X-Subject-Token"]
            statuses += [(await http.bearing(bearer).get("/v3/auth/projects")).status for bearer in (token, root)]
    return statuses
