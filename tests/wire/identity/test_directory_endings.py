"""What ends in a directory ends here, and what a silent directory means for its users and for others."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from identity.settings import IdentitySettings
from runtime.database import DatabaseSettings, open_session
from tests.daemons.identity import IdentityServer, serve_identity
from tests.daemons.sandbox import free_port
from tests.daemons.strangers import stranger
from tests.directories import Company
from tests.identity_http import Http, by_password, by_token, on_project
from tests.tenants import PASSWORD
from tests.wire.identity.test_redelegation import PASSED_ON, a_user, bearer_of, pass_on
from tests.wire.identity.test_trusts import TRUSTS, by_trust, draft_of

pytestmark = pytest.mark.real
LIMIT_S = 3.0


@pytest.fixture
def identity_settings(identity_settings: IdentitySettings) -> IdentitySettings:
    return msgspec.structs.replace(identity_settings, directory_limit_s=LIMIT_S, directory_timeout_s=1.0)


async def until(fact: Callable[[], Awaitable[bool]], within_s: float = 30) -> float:
    """Seconds until the fact holds."""
    began = time.monotonic()
    async with asyncio.timeout(within_s):
        while not await fact():
            await asyncio.sleep(0.05)
    return time.monotonic() - began


async def works(bearer: Http) -> bool:
    return (await bearer.get("/v3/auth/projects")).status == 200


async def on_red(company: Company, name: str = "rose") -> Http:
    await company.system.must("PUT", company.role_on_red(f"users/{await company.id_of(name)}"))
    return await company.bearer(name, on_project("red"))


@pytest.mark.parametrize("how", ["disabled", "removed", "unreadable"])
async def test_threat_k2_token_of_who_is_disabled_or_gone_ends_within_a_look(company: Company, how: str) -> None:
    """Nobody asks anything of the directory but the look itself; the token of somebody else lives on."""
    rose, bill = await on_red(company), await on_red(company, "bill")
    assert await works(rose)
    if how == "removed":
        await company.corp.remove(company.corp.person("rose"))
    else:
        said = "FALSE" if how == "disabled" else "perhaps"
        await company.corp.change(company.corp.person("rose"), "add: employeeType", f"employeeType: {said}")

    async def ended() -> bool:
        return (await rose.get("/v3/auth/projects")).status == 401

    took_s = await until(ended)
    assert took_s < 5, "a period of 0.5 s, a feed of 0.5 s, and a loaded machine"
    assert await works(bill)
    assert (await company.sign_in("rose", "rose's password")).status == 401


@pytest.mark.parametrize("text", ["FALSE", "0", "null", "no"])
async def test_threat_k2_state_is_read_again_when_a_token_is_checked_and_made(company: Company, text: str) -> None:
    """At once: what is asked about is looked up, and whoever is found disabled loses what they have."""
    rose = await on_red(company)
    assert await company.validity(rose.token) == 200
    await company.corp.change(company.corp.person("rose"), "add: employeeType", f"employeeType: {text}")
    assert (await company.system.bearing(None).sign_in(by_token(rose.token or "", on_project("red")))).status == 401
    assert await company.validity(rose.token) == 404
    assert (await company.sign_in("rose", "rose's password", on_project("red"))).status == 401


async def test_what_a_group_gave_ends_when_the_directory_takes_somebody_out(company: Company) -> None:
    await company.corp.change(company.corp.group("florists"), "add: member", f"member: {company.corp.person('bill')}")
    group = await company.group_id("florists")
    await company.system.must("PUT", company.role_on_red(f"groups/{group}"))
    rose, bill = await company.bearer("rose", on_project("red")), await company.bearer("bill", on_project("red"))
    unscoped = await company.bearer("bill")
    await company.corp.change(
        company.corp.group("florists"), "delete: member", f"member: {company.corp.person('bill')}"
    )

    async def ended() -> bool:
        return (await bill.get("/v3/auth/projects")).status == 401

    await until(ended)
    assert await works(rose)
    assert await works(unscoped)
    assert (await company.sign_in("bill", "bill's password", on_project("red"))).status == 401
    await company.corp.remove(company.corp.group("florists"))

    async def ended_too() -> bool:
        return (await rose.get("/v3/auth/projects")).status == 401

    await until(ended_too)
    assert (await company.sign_in("rose", "rose's password", on_project("red"))).status == 401


async def test_who_comes_back_has_what_they_had_and_a_role_of_who_is_gone_can_be_taken(company: Company) -> None:
    rose = await company.id_of("rose")
    await on_red(company)
    await company.corp.remove(company.corp.person("rose"))
    assert (await company.system.get(f"/v3/users/{rose}")).status == 404
    assert (await company.system.send("PUT", company.role_on_red(f"users/{rose}", "reader"))).status == 404
    await company.corp.add_person("rose", "rose's password")
    assert (await company.sign_in("rose", "rose's password", on_project("red"))).status == 201
    await company.corp.remove(company.corp.person("rose"))
    await company.system.must("DELETE", company.role_on_red(f"users/{rose}"))
    await company.corp.add_person("rose", "rose's password")
    assert (await company.sign_in("rose", "rose's password", on_project("red"))).status == 401


async def test_any_process_ends_the_token_for_all(
    company: Company, identity_settings: IdentitySettings, database_settings: DatabaseSettings
) -> None:
    async with serve_identity(identity_settings, database_settings, free_port()) as second:
        rose = await on_red(company)
        there = Http(second, rose.session, rose.token)
        assert await works(there)
        await company.corp.remove(company.corp.person("rose"))

        async def ended() -> bool:
            return [(await bearer.get("/v3/auth/projects")).status for bearer in (rose, there)] == [401, 401]

        await until(ended)


async def trust_of_rose(company: Company, database_settings: DatabaseSettings, **attributes: Any) -> dict[str, Any]:
    """Rose of the directory, who has no token any more, lets the other bill act on red by their own name."""
    rose = await on_red(company)
    draft = draft_of(company.cloud, trustor_user_id=await company.id_of("rose"), impersonation=False, **attributes)
    trust = (await rose.must("POST", TRUSTS, {"trust": draft}))["trust"]
    await forget_tokens(database_settings)
    return trust


async def forget_tokens(database_settings: DatabaseSettings) -> None:
    """As if every token of the directory's users had reached its end."""
    session = await open_session(database_settings)
    try:
        await session.execute("UPDATE identity.users SET tokens_until = now() WHERE keeper = 'ldap'")
    finally:
        await session.close()


async def test_threat_K11_token_by_a_trust_ends_when_the_directory_loses_who_gave_it(
    company: Company, database_settings: DatabaseSettings
) -> None:
    """The token names its bearer alone, and rose has none: yet she is looked for as long as it lives."""
    trust = await trust_of_rose(company, database_settings)
    bill = company.system.bearing(await company.system.token_of(by_trust(trust)))
    assert await works(bill)
    await company.corp.remove(company.corp.person("rose"))

    async def ended() -> bool:
        return (await bill.get("/v3/auth/projects")).status == 401

    await until(ended)
    assert await works(company.cloud.blue.http)


async def test_threat_K11_trust_that_was_passed_on_gives_nothing_once_the_directory_lost_the_first_giver(
    company: Company, database_settings: DatabaseSettings
) -> None:
    """Nobody looks for rose, and nobody but the one who was given the last trust asks for a token."""
    first = await trust_of_rose(company, database_settings, **PASSED_ON)
    iris = await a_user(company.cloud, "iris")
    as_bill = await bearer_of(company.cloud, first, "bill")
    second = (await pass_on(company.cloud, as_bill, iris, impersonation=False)).body["trust"]
    await forget_tokens(database_settings)
    await company.corp.remove(company.corp.person("rose"))
    assert (await company.system.sign_in(by_trust(second, "iris"))).status == 401


async def test_change_of_the_configuration_ends_the_tokens_of_its_users_alone(company: Company) -> None:
    rose = await on_red(company)
    await company.set(page_size=50)
    assert (await rose.get("/v3/auth/projects")).status == 401
    assert await works(await company.bearer("rose", on_project("red")))
    assert await works(company.cloud.red.http)


async def test_directory_that_is_away_is_told_and_its_tokens_wait_until_it_is_back(company: Company) -> None:
    """503, first for logins, and after the limit for tokens; nothing is lost, and others notice nothing."""
    rose = await on_red(company)
    slapd = company.corp.slapd
    await slapd.stop()
    try:
        refused = await company.sign_in("rose", "rose's password")
        assert (refused.status, "directory" in refused.body["error"]["message"]) == (503, True)
        assert (await company.system.get(f"/v3/users?domain_id={company.domain_id}")).status == 503
        assert await company.validity(rose.token) == 503

        async def refused_too() -> bool:
            return (await rose.get("/v3/auth/projects")).status == 503

        assert await until(refused_too) < LIMIT_S + 10
        assert await works(company.cloud.red.http)
        await company.system.bearing(None).token_of(by_password("rose", PASSWORD, on_project("red")))
    finally:
        await slapd.start()

    async def works_again() -> bool:
        return await works(rose)

    await until(works_again)
    assert (await company.sign_in("rose", "rose's password")).status == 201


async def test_logins_that_hang_at_a_directory_hold_up_nobody_else(
    company: Company, identity_server: IdentityServer
) -> None:
    async with stranger() as silent:
        await company.set(url=silent.url)
        hanging = [asyncio.ensure_future(company.sign_in("rose", "rose's password")) for _ in range(40)]
        await until(lambda: asyncio.sleep(0, silent.connections > 0))
        auth = by_password("rose", PASSWORD, on_project("red"))
        longest_s = 0.0
        for _ in range(5):
            began = time.monotonic()
            await company.system.bearing(None).token_of(auth)
            longest_s = max(longest_s, time.monotonic() - began)
        assert longest_s < 1.0
        assert not all(login.done() for login in hanging)
        answers = await asyncio.gather(*hanging)
    assert {answer.status for answer in answers} == {503}
