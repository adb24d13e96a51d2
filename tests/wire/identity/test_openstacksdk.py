"""openstacksdk as a subject: sessions, scopes, discovery and the identity proxy."""

import asyncio
from typing import Any

import openstack
import pytest
from keystoneauth1.exceptions import Unauthorized
from openstack.exceptions import (
    ConflictException,
    ForbiddenException,
    NotFoundException,
)

from tests.daemons.identity import IdentityServer
from tests.tenants import PASSWORD, Cloud


def connect(auth_url: str, **named: Any) -> openstack.connection.Connection:
    defaults = {
        "username": "admin",
        "project_name": "admin",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }
    return openstack.connection.Connection(auth={"auth_url": auth_url, **defaults, **named}, region_name="RegionOne")


@pytest.mark.parametrize("suffix", ["", "/", "/v3", "/v3/"])
async def test_every_spelling_of_the_address_signs_in(identity_server: IdentityServer, suffix: str) -> None:
    def use() -> list[str]:
        with connect(identity_server.url + suffix, password=identity_server.admin_password) as cloud:
            return [project.name for project in cloud.identity.projects()]

    assert set(await asyncio.to_thread(use)) == {"admin", "service"}


async def test_nouns_are_made_found_changed_and_deleted(identity_server: IdentityServer) -> None:
    def use() -> None:
        with connect(identity_server.url, password=identity_server.admin_password) as cloud:
            identity = cloud.identity
            project = identity.create_project(name="red", description="Été")
            with pytest.raises(ConflictException):
                identity.create_project(name="red")
            user = identity.create_user(name="rose", password="x", email="rose@example.org")
            role = identity.create_role(name="gardener")
            identity.assign_project_role_to_user(project, user, role)
            assert identity.validate_user_has_project_role(project, user, role)
            assert [found.role["id"] for found in identity.role_assignments(user_id=user.id)] == [role.id]
            identity.unassign_project_role_from_user(project, user, role)
            assert not identity.validate_user_has_project_role(project, user, role)
            assert identity.find_project("red").id == project.id
            assert identity.find_user("nobody") is None
            assert identity.update_user(user, email="r@example.org").email == "r@example.org"
            for noun in (identity.delete_role, identity.delete_user, identity.delete_project):
                noun({"role": role, "user": user, "project": project}[noun.__name__.split("_")[1]])
            with pytest.raises(NotFoundException):
                identity.get_project(project.id)

    await asyncio.to_thread(use)


async def test_member_is_confined(cloud: Cloud, identity_server: IdentityServer) -> None:
    def use() -> None:
        with connect(identity_server.url, username="rose", password=PASSWORD, project_name="red") as own:
            with pytest.raises(ForbiddenException):
                own.identity.create_project(name="stolen")
            with pytest.raises(NotFoundException):
                own.identity.get_project(cloud.blue.project_id)
            assert own.identity.get_project(own.current_project_id).name == "red"
        with (
            connect(identity_server.url, username="rose", password=PASSWORD, project_name="blue") as foreign,
            pytest.raises(Unauthorized),
        ):
            foreign.session.get_token()

    await asyncio.to_thread(use)


async def test_token_scopes_again_to_another_project(cloud: Cloud, identity_server: IdentityServer) -> None:
    grant = f"/v3/projects/{cloud.blue.project_id}/users/{cloud.red.user_id}/roles/{cloud.roles['reader']}"
    await cloud.admin.must("PUT", grant)

    def use() -> str:
        auth = {"auth_url": identity_server.url, "token": cloud.red.http.token, "project_name": "blue"}
        scoped = openstack.connection.Connection(
            auth_type="token", auth=auth | {"project_domain_name": "Default"}, region_name="RegionOne"
        )
        with scoped:
            return scoped.current_project_id

    assert await asyncio.to_thread(use) == cloud.blue.project_id
