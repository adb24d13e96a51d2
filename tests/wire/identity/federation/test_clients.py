"""The official clients: they manage federation, and its users sign in with the plugins made for them."""

import asyncio
import json
from pathlib import Path

import openstack
import pytest
from keystoneauth1.identity.v3 import OidcAccessToken, OidcClientCredentials, OidcPassword
from keystoneauth1.session import Session

from tests.daemons.identity import IdentityServer
from tests.wire.identity.conftest import OpenStack
from tests.wire.identity.federation.conftest import RULES, Forge
from tests.wire.identity.test_openstacksdk import connect

NOBODY = dict.fromkeys(("OS_USERNAME", "OS_PASSWORD", "OS_USER_DOMAIN_NAME"), "")


async def test_openstack_manages_providers_mappings_and_protocols(openstack: OpenStack, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    await openstack("mapping", "create", "--rules", str(rules), "people")
    assert (await openstack("mapping", "list", "-f", "value", "-c", "ID")).words == ["people"]
    shown = json.loads((await openstack("mapping", "show", "people", "-f", "json")).out)
    assert (shown["rules"], shown["schema_version"]) == (RULES, "1.0")
    rules.write_text(json.dumps(RULES[:1]))
    await openstack("mapping", "set", "--rules", str(rules), "people")
    create = ["identity", "provider", "create", "--remote-id", "https://login.example", "--description", "Où"]
    made = json.loads((await openstack(*create, "--authorization-ttl", "5", "forge", "-f", "json")).out)
    assert (made["enabled"], made["remote_ids"], made["authorization_ttl"]) == (True, ["https://login.example"], 5)
    await openstack("identity", "provider", "set", "--remote-id", "https://other.example", "--disable", "forge")
    shown = json.loads((await openstack("identity", "provider", "show", "forge", "-f", "json")).out)
    assert (shown["enabled"], shown["remote_ids"]) == (False, ["https://other.example"])
    assert (await openstack("identity", "provider", "list", "-f", "value", "-c", "ID")).words == ["forge"]
    at = ["--identity-provider", "forge"]
    await openstack("federation", "protocol", "create", *at, "--mapping", "people", "openid")
    assert (await openstack("federation", "protocol", "list", *at, "-f", "value", "-c", "id")).words == ["openid"]
    await openstack("mapping", "create", "--rules", str(rules), "others")
    set_mapping = ["federation", "protocol", "set", *at, "--mapping", "others", "openid"]
    await openstack(*set_mapping, must=False)  # the client takes what it would print for its exit status
    shown = json.loads((await openstack("federation", "protocol", "show", *at, "openid", "-f", "json")).out)
    assert shown["mapping"] == "others"
    await openstack("federation", "protocol", "delete", *at, "openid")
    await openstack("identity", "provider", "delete", "forge")
    await openstack("mapping", "delete", "people", "others")


async def test_sdk_manages_providers_mappings_and_protocols(identity_server: IdentityServer) -> None:
    def use() -> None:
        with connect(identity_server.url, password=identity_server.admin_password) as cloud:
            identity = cloud.identity
            assert identity.create_mapping(id="people", rules=RULES).rules == RULES
            assert identity.update_mapping("people", rules=RULES[:1]).rules == RULES[:1]
            made = identity.create_identity_provider(id="forge", is_enabled=True, remote_ids=["a"])
            assert (made.name, made.is_enabled, made.remote_ids) == ("forge", True, ["a"])
            assert [provider.name for provider in identity.identity_providers(is_enabled=True)] == ["forge"]
            protocol = identity.create_federation_protocol("forge", id="openid", mapping_id="people")
            assert protocol.mapping_id == "people"
            assert [found.name for found in identity.federation_protocols("forge")] == ["openid"]
            assert identity.find_mapping("people").name == "people"
            identity.delete_federation_protocol("forge", "openid", ignore_missing=False)
            identity.delete_identity_provider("forge", ignore_missing=False)
            identity.delete_mapping("people", ignore_missing=False)
            assert list(identity.mappings()) == []

    await asyncio.to_thread(use)


def federated(forge: Forge, kind: str, **more: str) -> dict[str, str]:
    """The variables of the environment of somebody who has no account here."""
    return {
        **NOBODY,
        "OS_AUTH_TYPE": kind,
        "OS_IDENTITY_PROVIDER": "forge",
        "OS_PROTOCOL": "openid",
        "OS_PROJECT_NAME": "red",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        **more,
    }


async def test_openstack_signs_in_with_an_access_token(forge: Forge, openstack: OpenStack) -> None:
    fern = federated(forge, "v3oidcaccesstoken", OS_ACCESS_TOKEN=await forge.oidc.token_of("fern"))
    issued = json.loads((await openstack("token", "issue", "-f", "json", **fern)).out)
    assert issued["project_id"] == forge.cloud.red.project_id
    assert (await openstack("project", "list", "-f", "value", "-c", "Name", **fern)).words == ["red"]
    assert (await openstack("catalog", "list", "-f", "value", "-c", "Type", **fern)).words != []
    ivy = federated(forge, "v3oidcaccesstoken", OS_ACCESS_TOKEN=await forge.oidc.token_of("ivy"))
    assert (await openstack("token", "issue", must=False, **ivy)).code != 0


async def test_openstack_signs_in_with_a_password_of_the_provider(forge: Forge, openstack: OpenStack) -> None:
    client = {"OS_CLIENT_ID": "openstack-cli", "OS_CLIENT_SECRET": "secret-of-cli"}
    discovery = {"OS_DISCOVERY_ENDPOINT": f"{forge.oidc.issuer}/.well-known/openid-configuration"}
    fern = federated(forge, "v3oidcpassword", OS_USERNAME="fern", OS_PASSWORD="fern's", **client, **discovery)
    issued = json.loads((await openstack("token", "issue", "-f", "json", **fern)).out)
    assert issued["project_id"] == forge.cloud.red.project_id
    wrong = fern | {"OS_PASSWORD": "wrong"}
    assert (await openstack("token", "issue", must=False, **wrong)).code != 0


async def test_openstack_signs_in_as_a_program(forge: Forge, openstack: OpenStack) -> None:
    local = [{"user": {"name": "{0}"}}, {"group": {"id": forge.group_id}}]
    await forge.set_rules([{"local": local, "remote": [{"type": "OIDC-client_id"}]}])
    program = federated(
        forge,
        "v3oidcclientcredentials",
        OS_CLIENT_ID="openstack-cli",
        OS_CLIENT_SECRET="secret-of-cli",
        OS_ACCESS_TOKEN_ENDPOINT=f"{forge.oidc.issuer}/token",
    )
    issued = json.loads((await openstack("token", "issue", "-f", "json", **program)).out)
    assert issued["project_id"] == forge.cloud.red.project_id


@pytest.mark.parametrize("suffix", ["", "/v3"])
async def test_sdk_signs_in_by_every_plugin(forge: Forge, suffix: str) -> None:
    await forge.set_rules([*RULES, {"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-client_id"}]}])
    token = await forge.oidc.token_of("fern")
    there = {"auth_url": forge.anonymous.server.url + suffix, "identity_provider": "forge", "protocol": "openid"}
    client = {"client_id": "openstack-cli", "client_secret": "secret-of-cli"}
    discovery = {"discovery_endpoint": f"{forge.oidc.issuer}/.well-known/openid-configuration"}

    def use() -> None:
        for plugin in (
            OidcAccessToken(access_token=token, **there),
            OidcPassword(username="fern", password="fern's", **there, **client, **discovery),
            OidcClientCredentials(**there, **client, **discovery),
        ):
            with openstack.connection.Connection(session=Session(auth=plugin)) as cloud:
                assert cloud.session.get_user_id()
                assert cloud.session.auth.get_access(cloud.session).is_federated

    await asyncio.to_thread(use)
