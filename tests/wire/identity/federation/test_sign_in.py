"""Users of a provider sign in, with tokens that the provider made."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import pytest

from identity.settings import IdentitySettings
from tests.daemons.identity import IdentityServer
from tests.daemons.oidc.provider import OidcServer
from tests.identity_http import by_password, by_token
from tests.tenants import PASSWORD
from tests.wire.identity.federation.conftest import NAMED, PREFIX, WHO, Forge, on, with_secret


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_token_of_the_provider_is_answered_with_one_of_ours(forge: Forge, method: str) -> None:
    answer = await forge.sign_in(await forge.oidc.token_of("fern"), method)
    assert answer.status == 201
    token = answer.body["token"]
    assert token["methods"] == ["openid"]
    assert "roles" not in token
    user = token["user"]
    assert (user["name"], user["domain"]["id"]) == ("fern", forge.domain_id)
    assert "password_expires_at" not in user
    assert user["OS-FEDERATION"] == {
        "identity_provider": {"id": "forge"},
        "protocol": {"id": "openid"},
        "groups": [{"id": forge.group_id}],
    }
    shown = (await forge.admin.must("GET", f"/v3/users/{user['id']}"))["user"]
    assert (shown["name"], shown["email"], shown["domain_id"]) == ("fern", "fern@example.org", forge.domain_id)
    protocol = {"protocol_id": "openid", "unique_id": "id-of-fern"}
    assert shown["federated"] == [{"idp_id": "forge", "protocols": [protocol]}]
    for query, names in (("idp_id=forge&unique_id=id-of-fern", ["fern"]), ("protocol_id=saml", [])):
        listed = (await forge.admin.must("GET", f"/v3/users?{query}"))["users"]
        assert [each["name"] for each in listed] == names


async def test_token_is_scoped_to_where_the_groups_of_the_mapping_have_roles(forge: Forge) -> None:
    unscoped = await forge.unscoped()
    fern = forge.anonymous.bearing(unscoped)
    for path in ("/v3/auth/projects", f"{PREFIX}/projects"):
        assert [project["name"] for project in (await fern.must("GET", path))["projects"]] == ["red"]
    assert (await fern.must("GET", f"{PREFIX}/domains"))["domains"] == []
    answer = await forge.anonymous.sign_in(by_token(unscoped, on(forge.cloud.red.project_id)))
    assert answer.status == 201
    token = answer.body["token"]
    assert token["methods"] == ["openid", "token"]
    assert {role["name"] for role in token["roles"]} == {"member", "reader"}
    assert token["user"]["OS-FEDERATION"]["groups"] == [{"id": forge.group_id}]
    assert (await forge.anonymous.sign_in(by_token(unscoped, on(forge.cloud.blue.project_id)))).status == 401


async def test_groups_have_domains_and_the_system_too(forge: Forge) -> None:
    member = forge.cloud.roles["member"]
    for place in ("domains/default", "system"):
        await forge.admin.must("PUT", f"/v3/{place}/groups/{forge.group_id}/roles/{member}")
    unscoped = await forge.unscoped()
    fern = forge.anonymous.bearing(unscoped)
    assert [domain["id"] for domain in (await fern.must("GET", "/v3/auth/domains"))["domains"]] == ["default"]
    assert (await fern.must("GET", "/v3/auth/system"))["system"] == [{"all": True}]
    for scope in ({"domain": {"id": "default"}}, {"system": {"all": True}}):
        assert (await forge.anonymous.sign_in(by_token(unscoped, scope))).status == 201


async def test_roles_are_inherited_through_groups_of_the_mapping(forge: Forge) -> None:
    admin, blue = forge.admin, forge.cloud.blue.project_id
    leaf = {"project": {"name": "leaf", "parent_id": blue}}
    leaf_id = (await admin.must("POST", "/v3/projects", leaf))["project"]["id"]
    grant = f"/v3/OS-INHERIT/projects/{blue}/groups/{forge.group_id}/roles/{forge.cloud.roles['member']}"
    await admin.must("PUT", f"{grant}/inherited_to_projects")
    unscoped = await forge.unscoped()
    mine = (await forge.anonymous.bearing(unscoped).must("GET", "/v3/auth/projects"))["projects"]
    assert [project["name"] for project in mine] == ["leaf", "red"]
    scoped = await forge.scoped(unscoped, leaf_id)
    await admin.must("DELETE", f"{grant}/inherited_to_projects")
    assert (await forge.anonymous.bearing(scoped).get("/v3/auth/projects")).status == 401


async def test_user_is_one_and_the_same_at_each_login(forge: Forge) -> None:
    tokens = await asyncio.gather(*(forge.oidc.token_of("fern") for _ in range(4)))
    answers = await asyncio.gather(*map(forge.sign_in, tokens))
    assert [answer.status for answer in answers] == [201] * 4
    assert len({answer.body["token"]["user"]["id"] for answer in answers}) == 1
    listed = await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}")
    assert [user["name"] for user in listed["users"]] == ["fern"]


async def test_program_signs_in_as_itself(forge: Forge) -> None:
    await forge.set_rules([{"local": [{"user": {"name": "program {0}"}}], "remote": [{"type": "OIDC-client_id"}]}])
    token = await forge.oidc.grant(grant_type="client_credentials", scope="openid")
    answer = await forge.sign_in(token)
    assert answer.body["token"]["user"]["name"] == "program openstack-cli"


async def test_names_of_users_of_a_provider_are_theirs_alone(forge: Forge) -> None:
    account = {"user": {"name": "fern", "domain_id": forge.domain_id, "password": "a fern of our own"}}
    ours = (await forge.admin.must("POST", "/v3/users", account))["user"]["id"]
    answer = await forge.sign_in(await forge.oidc.token_of("fern"))
    assert answer.status == 201
    assert answer.body["token"]["user"]["id"] != ours


async def test_password_is_never_given_to_a_user_of_a_provider(forge: Forge) -> None:
    await forge.unscoped()
    (user,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    for change in ({"password": "x"}, {"federated": []}):
        refused = await forge.admin.send("PATCH", f"/v3/users/{user['id']}", {"user": change})
        assert refused.status == 400
        assert min(change) in refused.body["error"]["message"]


async def test_mapping_makes_projects_and_gives_roles_there_and_takes_them_back(forge: Forge) -> None:
    team = [{"type": "OIDC-preferred_username"}, {"type": "OIDC-team"}]
    project = {"name": "team {1}", "roles": [{"name": "member"}]}
    await forge.set_rules([{"local": [{"user": {"name": "{0}"}, "projects": [project]}], "remote": team}])
    unscoped = await forge.unscoped()
    (mine,) = (await forge.anonymous.bearing(unscoped).must("GET", "/v3/auth/projects"))["projects"]
    assert (mine["name"], mine["domain_id"]) == ("team moss", forge.domain_id)
    scoped = await forge.scoped(unscoped, mine["id"])
    other = {"name": "common", "roles": [{"name": "reader"}]}
    await forge.set_rules([{"local": [{"user": {"name": "{0}"}, "projects": [other]}], "remote": team}])
    assert (await forge.anonymous.bearing(scoped).get("/v3/auth/projects")).status == 401
    again = forge.anonymous.bearing(await forge.unscoped())
    assert [each["name"] for each in (await again.must("GET", "/v3/auth/projects"))["projects"]] == ["common"]
    projects = (await forge.admin.must("GET", f"/v3/projects?domain_id={forge.domain_id}"))["projects"]
    assert sorted(each["name"] for each in projects) == ["common", "team moss"]


async def test_role_that_the_provider_no_longer_gives_ends_at_the_next_login(forge: Forge) -> None:
    gives = {"projects": [{"name": "bed", "roles": [{"name": "member"}]}]}
    rule = {"local": [gives], "remote": [{"type": "OIDC-scope", "any_one_of": ["openid bed"]}]}
    await forge.set_rules([{"local": [NAMED], "remote": WHO}, rule])
    unscoped = await forge.unscoped(scope="openid bed")
    (bed,) = (await forge.anonymous.bearing(unscoped).must("GET", "/v3/auth/projects"))["projects"]
    scoped = await forge.scoped(unscoped, bed["id"])
    again = forge.anonymous.bearing(await forge.unscoped(scope="openid"))
    assert (await forge.anonymous.bearing(scoped).get("/v3/auth/projects")).status == 401
    assert (await again.must("GET", "/v3/auth/projects"))["projects"] == []


async def test_role_that_an_administrator_gave_is_not_the_mappings_to_take(forge: Forge) -> None:
    await forge.unscoped()
    (user,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    await forge.admin.must("POST", "/v3/projects", {"project": {"name": "bed", "domain_id": forge.domain_id}})
    (bed,) = (await forge.admin.must("GET", f"/v3/projects?domain_id={forge.domain_id}"))["projects"]
    grant = f"/v3/projects/{bed['id']}/users/{user['id']}/roles/{forge.cloud.roles['member']}"
    await forge.admin.must("PUT", grant)
    gives = {"projects": [{"name": "bed", "roles": [{"name": "member"}]}]}
    await forge.set_rules([{"local": [NAMED, gives], "remote": WHO}])
    await forge.unscoped()
    await forge.set_rules([{"local": [NAMED], "remote": WHO}])
    await forge.unscoped()
    assert (await forge.admin.send("HEAD", grant)).status == 204


@pytest.mark.parametrize("methods", [["PUT"], ["DELETE", "PUT"]], ids=" then ".join)
async def test_role_that_an_administrator_gave_after_the_mapping_is_not_the_mappings_to_take(
    forge: Forge, methods: list[str]
) -> None:
    gives = {"projects": [{"name": "bed", "roles": [{"name": "member"}]}]}
    await forge.set_rules([{"local": [NAMED, gives], "remote": WHO}])
    await forge.unscoped()
    (user,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    (bed,) = (await forge.admin.must("GET", f"/v3/projects?domain_id={forge.domain_id}"))["projects"]
    grant = f"/v3/projects/{bed['id']}/users/{user['id']}/roles/{forge.cloud.roles['member']}"
    for method in methods:
        await forge.admin.must(method, grant)
    await forge.set_rules([{"local": [NAMED], "remote": WHO}])
    await forge.unscoped()
    assert (await forge.admin.send("HEAD", grant)).status == 204


async def test_role_that_an_administrator_took_away_is_no_longer_the_mappings(
    forge: Forge, identity_server: IdentityServer
) -> None:
    gives = {"projects": [{"name": "bed", "roles": [{"name": "member"}]}]}
    await forge.set_rules([{"local": [NAMED, gives], "remote": WHO}])
    await forge.unscoped()
    (user,) = (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    (bed,) = (await forge.admin.must("GET", f"/v3/projects?domain_id={forge.domain_id}"))["projects"]
    await forge.admin.must("DELETE", f"/v3/projects/{bed['id']}/users/{user['id']}/roles/{forge.cloud.roles['member']}")
    async with identity_server.database.connection() as connection:
        assert await connection.fetch("SELECT FROM identity.federated_grants") == []


async def test_local_user_signs_in_by_the_provider_and_gets_nothing_of_the_mapping(forge: Forge) -> None:
    local = {"user": {"name": "rose", "type": "local", "domain": {"id": "default"}}, "group": {"id": forge.group_id}}
    await forge.set_rules([{"local": [local], "remote": [{"type": "OIDC-preferred_username", "any_one_of": ["fern"]}]}])
    answer = await forge.sign_in(await forge.oidc.token_of("fern"))
    assert answer.body["token"]["user"]["id"] == forge.cloud.red.user_id
    assert "OS-FEDERATION" not in answer.body["token"]["user"]
    scoped = await forge.scoped(answer.headers["X-Subject-Token"])
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"enabled": False}})
    assert (await forge.anonymous.bearing(scoped).get("/v3/auth/projects")).status == 401
    assert (await forge.cloud.red.http.get("/v3/auth/projects")).status == 200


async def test_membership_outlasts_the_token_only_by_the_ttl_of_the_provider(forge: Forge) -> None:
    async def make_credential(token: str, name: str) -> Any:
        fern = forge.anonymous.bearing(token)
        user_id = (await fern.get("/v3/auth/tokens", X_Subject_Token=token)).body["token"]["user"]["id"]
        place = f"/v3/users/{user_id}/application_credentials"
        return await fern.send("POST", place, {"application_credential": {"name": name}})

    def by_credential(credential: dict[str, Any]) -> dict[str, Any]:
        proof = {"id": credential["id"], "secret": credential["secret"]}
        return {"identity": {"methods": ["application_credential"], "application_credential": proof}}

    idle = await make_credential(await forge.scoped(await forge.unscoped()), "none")
    assert (await forge.anonymous.sign_in(by_credential(idle.body["application_credential"]))).status == 401
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"authorization_ttl": 10}})
    scoped = await forge.scoped(await forge.unscoped())
    made = await make_credential(scoped, "ten minutes")
    assert made.status == 201, made.body
    auth = by_credential(made.body["application_credential"])
    answer = await forge.anonymous.sign_in(auth)
    assert answer.status == 201
    ends = datetime.fromisoformat(answer.body["token"]["expires_at"])
    begins = datetime.fromisoformat(answer.body["token"]["issued_at"])
    assert (ends - begins).total_seconds() <= 600
    members = f"/v3/groups/{forge.group_id}/users"
    assert [user["name"] for user in (await forge.admin.must("GET", members))["users"]] == ["fern"]
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"authorization_ttl": 0}})
    await forge.unscoped()
    assert (await forge.admin.must("GET", members))["users"] == []
    assert (await forge.anonymous.sign_in(auth)).status == 401
    credentialed = forge.anonymous.bearing(answer.headers["X-Subject-Token"])
    assert (await credentialed.get("/v3/auth/projects")).status == 401


async def test_threat_K18_manager_takes_no_user_whose_group_of_the_provider_gives_more(forge: Forge) -> None:
    admin, roles = forge.admin, forge.cloud.roles
    await admin.must("PUT", f"/v3/system/groups/{forge.group_id}/roles/{roles['admin']}")
    await admin.must("PATCH", forge.place, {"identity_provider": {"authorization_ttl": 10}})
    await forge.unscoped()
    (fern,) = (await admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"]
    place = f"/v3/domains/{forge.domain_id}/users/{forge.cloud.red.user_id}/roles/{roles['manager']}"
    await admin.must("PUT", place)
    scope = {"domain": {"id": forge.domain_id}}
    manager = forge.anonymous.bearing(await forge.anonymous.token_of(by_password("rose", PASSWORD, scope)))
    assert (await manager.send("PATCH", f"/v3/users/{fern['id']}", {"user": {"enabled": False}})).status == 403
    assert (await manager.send("DELETE", f"/v3/users/{fern['id']}")).status == 403
    await admin.must("DELETE", f"/v3/groups/{forge.group_id}/users/{fern['id']}")
    await manager.must("DELETE", f"/v3/users/{fern['id']}")


async def test_credential_of_a_user_ends_with_their_provider(forge: Forge) -> None:
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"authorization_ttl": 10}})
    scoped = await forge.scoped(await forge.unscoped())
    fern = forge.anonymous.bearing(scoped)
    user_id = (await fern.get("/v3/auth/tokens", X_Subject_Token=scoped)).body["token"]["user"]["id"]
    draft = {"application_credential": {"name": "mine"}}
    made = (await fern.must("POST", f"/v3/users/{user_id}/application_credentials", draft))["application_credential"]
    proof = {"id": made["id"], "secret": made["secret"]}
    auth = {"identity": {"methods": ["application_credential"], "application_credential": proof}}
    token = await forge.anonymous.token_of(auth)
    await forge.admin.must("PATCH", forge.place, {"identity_provider": {"enabled": False}})
    assert (await forge.anonymous.bearing(token).get("/v3/auth/projects")).status == 401
    assert (await forge.anonymous.sign_in(auth)).status == 401


async def test_version_2_of_mappings_knows_domains(forge: Forge) -> None:
    local = {
        "user": {"name": "{0}", "domain": {"name": "Default"}},
        "projects": [{"name": "plot", "roles": [{"name": "member"}], "domain": {"id": "default"}}],
    }
    await forge.set_rules([{"local": [local], "remote": WHO}], schema_version="2.0")
    answer = await forge.sign_in(await forge.oidc.token_of("fern"))
    assert answer.body["token"]["user"]["domain"]["id"] == "default"
    (plot,) = (await forge.admin.must("GET", "/v3/projects?name=plot"))["projects"]
    assert plot["domain_id"] == "default"


@pytest.mark.parametrize(
    "local",
    [
        {"user": {"name": "{0}", "domain": {"id": "gone"}}},
        {"user": {"name": "{0}"}, "projects": [{"name": "p", "roles": [{"name": "member"}], "domain": {"id": "gone"}}]},
    ],
    ids=["user", "project"],
)
async def test_mapping_that_names_a_domain_that_is_gone_lets_nobody_in(forge: Forge, local: dict[str, Any]) -> None:
    await forge.set_rules([{"local": [local], "remote": WHO}], schema_version="2.0")
    assert (await forge.sign_in(await forge.oidc.token_of("fern"))).status == 401
    assert (await forge.admin.must("GET", f"/v3/users?domain_id={forge.domain_id}"))["users"] == []


class TestOpaque:
    """Tokens that only their provider can read, and claims that they lack."""

    @pytest.fixture
    def identity_settings(self, identity_settings: IdentitySettings, oidc: OidcServer) -> IdentitySettings:
        return msgspec.structs.replace(identity_settings, oidc=(with_secret(oidc, userinfo=True),))

    async def test_opaque_token_is_shown_to_the_provider(self, forge: Forge, identity_server: IdentityServer) -> None:
        answer = await forge.sign_in(await forge.oidc.token_of("fern", "openid opaque"))
        assert answer.body["token"]["user"]["OS-FEDERATION"]["groups"] == [{"id": forge.group_id}]
        assert "/introspect" in await forge.oidc.asked()
        stranger = await forge.oidc.token_of("fern", "openid opaque", client="other-app")
        assert (await forge.sign_in(stranger)).status == 401
        assert (await forge.sign_in("opaque.0")).status == 401

    async def test_claims_that_a_token_lacks_are_asked_for(self, forge: Forge) -> None:
        answer = await forge.sign_in(await forge.oidc.token_of("fern", "openid slim"))
        assert answer.status == 201, answer.body
        assert answer.body["token"]["user"]["name"] == "fern"

    async def test_what_is_said_of_another_subject_is_nobodys(self, forge: Forge) -> None:
        token = await forge.oidc.token_of("ivy", "openid slim")
        await forge.oidc.get_into_trouble(userinfo='{"sub": "id-of-fern", "groups": ["gardeners"]}')
        assert (await forge.sign_in(token)).status == 401


async def test_opaque_token_is_nothing_without_a_name_at_the_provider(forge: Forge) -> None:
    assert (await forge.sign_in(await forge.oidc.token_of("fern", "openid opaque"))).status == 401
    assert "/introspect" not in await forge.oidc.asked()


async def test_claims_of_a_slim_token_are_not_made_up(forge: Forge) -> None:
    assert (await forge.sign_in(await forge.oidc.token_of("fern", "openid slim"))).status == 401


async def test_login_that_makes_or_changes_an_account_is_an_event_of_it(
    forge: Forge, identity_server: IdentityServer
) -> None:
    """And one that is refused is an event as every refused login is."""
    answer = await forge.sign_in(await forge.oidc.token_of("fern"))
    user_id, request_id = answer.body["token"]["user"]["id"], answer.headers["x-openstack-request-id"]
    refused = await forge.sign_in("no token")
    assert refused.status == 401
    await identity_server.identity.refusals.flush()
    statement = "SELECT * FROM identity.audit_events WHERE request_id = $1"
    async with identity_server.database.connection() as connection:
        (settled,) = await connection.fetch(statement, request_id)
        (denied,) = await connection.fetch(statement, refused.headers["x-openstack-request-id"])
    assert (settled["action"], settled["outcome"], settled["target_id"]) == ("authenticate", "success", user_id)
    assert settled["initiator_name"] == "fern"
    assert (denied["action"], denied["outcome"], denied["status"]) == ("authenticate", "failure", 401)
