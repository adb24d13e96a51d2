"""What ends the tokens of a provider's users: every event, on two control processes of one cloud, at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from identity.federation.mappings.evaluation import Mapped, MappedProject, MappedUser
from identity.federation.sign_in.accounts import settle_account
from identity.federation.sign_in.arrangement import find_arrangement
from identity.settings import IdentitySettings
from identity.tokens.refusals import LoginRefused
from runtime.database import DatabaseSettings
from tests.daemons.identity import IdentityServer, serve_identity
from tests.daemons.sandbox import free_port
from tests.identity_http import Http, by_token
from tests.real.identity.test_rights import until_refused
from tests.wire.identity.federation.conftest import PREFIX, RULES, Forge, on


@pytest.fixture
async def second(
    forge: Forge, identity_settings: IdentitySettings, database_settings: DatabaseSettings
) -> AsyncIterator[Http]:
    """HTTP to another process of the same cloud."""
    async with serve_identity(identity_settings, database_settings, free_port()) as other:
        yield Http(other, forge.anonymous.session)


async def user_id_of(forge: Forge) -> str:
    (user,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    return user["id"]


async def disable_provider(forge: Forge) -> None:
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"enabled": False}})


async def delete_provider(forge: Forge) -> None:
    await forge.admin.must("DELETE", forge.place)


async def take_issuer(forge: Forge) -> None:
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"remote_ids": ["https://login.example"]}})


async def delete_protocol(forge: Forge) -> None:
    await forge.admin.must("DELETE", f"{forge.place}/protocols/openid")


async def change_protocol(forge: Forge) -> None:
    await forge.admin.must("PUT", f"{PREFIX}/mappings/others", {"mapping": {"rules": RULES}})
    await forge.admin.must("PATCH", f"{forge.place}/protocols/openid", {"protocol": {"mapping_id": "others"}})


async def delete_mapping(forge: Forge) -> None:
    await forge.admin.must("DELETE", f"{PREFIX}/mappings/people")


async def change_mapping(forge: Forge) -> None:
    await forge.set_rules(RULES[:1])


async def disable_user(forge: Forge) -> None:
    await forge.admin.must("PATCH", f"/v3/users/{await user_id_of(forge)}", {"user": {"enabled": False}})


async def delete_user(forge: Forge) -> None:
    await forge.admin.must("DELETE", f"/v3/users/{await user_id_of(forge)}")


async def disable_domain(forge: Forge) -> None:
    await forge.admin.must("PATCH", f"/v3/domains/{forge.domain_id}", {"domain": {"enabled": False}})


async def delete_group(forge: Forge) -> None:
    await forge.admin.must("DELETE", f"/v3/groups/{forge.group_id}")


async def take_role(forge: Forge) -> None:
    red = forge.cloud.red.project_id
    grant = f"/v3/projects/{red}/groups/{forge.group_id}/roles/{forge.cloud.roles['member']}"
    await forge.admin.must("DELETE", grant)


OF_ALL = [
    *(disable_provider, delete_provider, take_issuer, delete_protocol, change_protocol),
    *(delete_mapping, change_mapping, disable_user, delete_user, disable_domain),
]
OF_SCOPED = [delete_group, take_role]


@pytest.mark.parametrize("event", [*OF_ALL, *OF_SCOPED], ids=lambda event: event.__name__)
async def test_threat_K1_users_of_a_provider_lose_their_tokens_on_every_process(
    forge: Forge, second: Http, event: Callable[[Forge], Awaitable[None]]
) -> None:
    unscoped = await forge.unscoped()
    scoped = await forge.scoped(unscoped)
    for http in (forge.anonymous, second):
        for token in (unscoped, scoped):
            assert (await http.bearing(token).get("/v3/auth/projects")).status == 200
    await event(forge)
    ended = [scoped] if event in OF_SCOPED else [unscoped, scoped]
    for token in ended:
        assert (await forge.anonymous.bearing(token).get("/v3/auth/projects")).status == 401
        await until_refused(second.bearing(token))
    assert (await forge.anonymous.sign_in(by_token(unscoped, on(forge.cloud.red.project_id)))).status == 401
    assert (await forge.cloud.red.http.get("/v3/auth/projects")).status == 200


@pytest.mark.parametrize("event", [disable_provider, take_issuer, delete_protocol, delete_mapping, disable_user])
async def test_nobody_signs_in_after_it(forge: Forge, event: Callable[[Forge], Awaitable[None]]) -> None:
    token = await forge.oidc.token_of("fern")
    assert (await forge.sign_in(token)).status == 201
    await event(forge)
    assert (await forge.sign_in(token)).status == 401


async def test_users_whose_mapping_changed_sign_in_again_by_the_new_rules(forge: Forge) -> None:
    await forge.unscoped()
    user_id = await user_id_of(forge)
    await change_mapping(forge)
    answer = await forge.sign_in(await forge.oidc.token_of("fern"))
    assert answer.body["token"]["user"]["id"] == user_id
    assert answer.body["token"]["user"]["OS-FEDERATION"]["groups"] == []


async def test_provider_that_is_deleted_takes_its_users_along(forge: Forge) -> None:
    await forge.unscoped()
    await delete_provider(forge)
    assert (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"] == []
    assert (await forge.admin.get(f"/v3/domains/{forge.domain_id}")).status == 200


async def test_threat_K1_no_login_that_races_with_disabling_the_provider_leaves_a_token(forge: Forge) -> None:
    token = await forge.oidc.token_of("fern")
    got: list[str] = []

    async def keep_signing_in() -> None:
        while (answer := await forge.sign_in(token)).status == 201:
            got.append(answer.headers["X-Subject-Token"])

    signing_in = [asyncio.create_task(keep_signing_in()) for _ in range(4)]
    while len(got) < 8:
        await asyncio.sleep(0.01)
    await disable_provider(forge)
    await asyncio.gather(*signing_in)
    for kept in got:
        assert (await forge.anonymous.bearing(kept).get("/v3/auth/projects")).status == 401


async def test_threat_J7_rescoping_a_federated_token_never_moves_the_expiry(forge: Forge) -> None:
    first = await forge.sign_in(await forge.oidc.token_of("fern"))
    token, ends = first.headers["X-Subject-Token"], first.body["token"]["expires_at"]
    for scope in [on(forge.cloud.red.project_id), "unscoped"] * 10:
        answer = await forge.anonymous.sign_in(by_token(token, scope))
        assert answer.status == 201
        assert answer.body["token"]["expires_at"] == ends
        assert answer.body["token"]["methods"] == ["openid", "token"]
        assert answer.body["token"]["user"]["OS-FEDERATION"] == first.body["token"]["user"]["OS-FEDERATION"]
        assert answer.body["token"]["audit_ids"][-1] == first.body["token"]["audit_ids"][0]
        token = answer.headers["X-Subject-Token"]


async def test_token_with_all_groups_that_it_may_carry_is_small_enough(forge: Forge) -> None:
    names = [f"group-{number}" for number in range(64)]
    for name in names:
        await forge.admin.must("POST", "/v3/groups", {"group": {"name": name}})
    local = [{"groups": names, "domain": {"id": "default"}}]
    await forge.set_rules([RULES[0], {"local": local, "remote": [{"type": "OIDC-sub"}]}])
    token = await forge.unscoped()
    for _ in range(31):
        token = await forge.anonymous.token_of(by_token(token, "unscoped"))
    assert (await forge.anonymous.bearing(token).get("/v3/auth/projects")).status == 200
    assert len(token) < 8192


async def test_threat_K11_trust_ends_with_the_provider_of_either_party(forge: Forge) -> None:
    """Of a user of a provider who trusts one of ours, and of the other way round."""
    grant = f"/v3/projects/{forge.cloud.red.project_id}/users"
    unscoped = await forge.unscoped()
    (fern,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    await forge.admin.must("PUT", f"{grant}/{fern['id']}/roles/{forge.cloud.roles['member']}")
    scoped, rose = await forge.scoped(unscoped), forge.cloud.red
    tokens: list[str] = []
    by_trust: list[dict[str, Any]] = []
    for trustor, trustor_id, trustee_id, proof in (
        (forge.anonymous.bearing(scoped), fern["id"], rose.user_id, rose.http.token),
        (rose.http, rose.user_id, fern["id"], unscoped),
    ):
        draft = {
            "trustor_user_id": trustor_id,
            "trustee_user_id": trustee_id,
            "project_id": rose.project_id,
            "impersonation": False,
            "roles": [{"name": "member"}],
        }
        trust = (await trustor.must("POST", "/v3/OS-TRUST/trusts", {"trust": draft}))["trust"]
        by_trust.append(by_token(proof, {"OS-TRUST:trust": {"id": trust["id"]}}))
        tokens.append(await forge.anonymous.token_of(by_trust[-1]))
    for token in tokens:
        assert (await forge.anonymous.bearing(token).get("/v3/auth/projects")).status == 200
    await disable_provider(forge)
    for token in tokens:
        assert (await forge.anonymous.bearing(token).get("/v3/auth/projects")).status == 401
    for auth in by_trust:
        assert (await forge.anonymous.sign_in(auth)).status == 401


GIVEN = {"local": [{"projects": [{"name": "bed", "roles": [{"name": "member"}]}]}], "remote": [{"type": "OIDC-sub"}]}


async def replace_mapping(forge: Forge) -> None:
    await delete_mapping(forge)
    await forge.admin.must("PUT", f"{PREFIX}/mappings/people", {"mapping": {"rules": RULES[:1]}})


@pytest.mark.parametrize("event", [change_mapping, replace_mapping, change_protocol], ids=lambda event: event.__name__)
async def test_threat_K11_credential_has_nothing_of_a_mapping_that_changed_until_its_user_signs_in(
    forge: Forge, event: Callable[[Forge], Awaitable[None]]
) -> None:
    """Neither of a group of it nor of a role on a project; what an administrator gave stays."""
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"authorization_ttl": 10}})
    await forge.set_rules([*RULES, GIVEN])
    unscoped = await forge.unscoped()
    user_id = await user_id_of(forge)
    (bed,) = (await forge.admin.must("GET", "/v3/projects?name=bed"))["projects"]
    blue = forge.cloud.blue.project_id
    await forge.admin.must("PUT", f"/v3/projects/{blue}/users/{user_id}/roles/{forge.cloud.roles['reader']}")
    auths = {}
    for name, project_id in (("group", forge.cloud.red.project_id), ("project", bed["id"]), ("by hand", blue)):
        fern = forge.anonymous.bearing(await forge.scoped(unscoped, project_id))
        draft = {"application_credential": {"name": name}}
        made = await fern.must("POST", f"/v3/users/{user_id}/application_credentials", draft)
        proof = {key: made["application_credential"][key] for key in ("id", "secret")}
        auths[name] = {"identity": {"methods": ["application_credential"], "application_credential": proof}}
        assert (await forge.anonymous.sign_in(auths[name])).status == 201
    await event(forge)
    assert [(await forge.anonymous.sign_in(auth)).status for auth in auths.values()] == [401, 401, 201]
    await forge.unscoped()
    again = 201 if event is change_protocol else 401
    assert [(await forge.anonymous.sign_in(auth)).status for auth in auths.values()] == [again, 401, 201]


async def test_threat_K11_login_that_began_before_its_mapping_changed_gives_nothing_of_it(
    forge: Forge, identity_server: IdentityServer
) -> None:
    mapped = Mapped(MappedUser("id-of-fern", "fern", None, None, False), (), (), (MappedProject("bed", (), None),))
    async with identity_server.database.connection() as connection:
        arrangement = await find_arrangement(connection, "forge", "openid")
    assert arrangement is not None
    await change_mapping(forge)
    with pytest.raises(LoginRefused):
        async with identity_server.database.transaction() as connection:
            await settle_account(connection, arrangement, mapped)
    assert (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"] == []
    assert (await forge.admin.must("GET", "/v3/projects?name=bed"))["projects"] == []
