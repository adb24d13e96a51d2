"""Identity commands of the real `openstack` client beyond the course."""

import json

from tests.wire.identity.conftest import OpenStack


async def test_projects_users_and_roles_are_listed_set_shown_and_deleted(openstack: OpenStack) -> None:
    await openstack("project", "create", "--tag", "blue", "--property", "cost=7", "first")
    await openstack("project", "set", "--name", "second", "--description", "Été", "--disable", "first")
    project = json.loads((await openstack("project", "show", "second", "-f", "json")).out)
    assert (project["name"], project["description"], project["enabled"]) == ("second", "Été", False)
    assert (project["tags"], project["cost"]) == (["blue"], "7")
    await openstack("user", "create", "--password", "x", "--email", "rose@example.org", "rose")
    await openstack("user", "set", "--email", "rose@example.net", "--project", "admin", "--password", "y", "rose")
    user = json.loads((await openstack("user", "show", "rose", "-f", "json")).out)
    assert user["email"] == "rose@example.net"
    assert "rose" in (await openstack("user", "list", "-f", "value", "-c", "Name")).words
    await openstack("role", "create", "gardener")
    await openstack("role", "set", "--name", "florist", "gardener")
    assert "florist" in (await openstack("role", "list", "-f", "value", "-c", "Name")).words
    await openstack("role", "add", "--project", "second", "--user", "rose", "florist")
    in_project = ["user", "list", "--project", "second", "-f", "value", "-c", "Name"]
    assert (await openstack(*in_project)).words == ["rose"]
    await openstack("role", "remove", "--project", "second", "--user", "rose", "florist")
    assert (await openstack(*in_project)).words == []
    await openstack("role", "delete", "florist")
    await openstack("user", "delete", "rose")
    await openstack("project", "delete", "second")
    assert "second" not in (await openstack("project", "list", "-f", "value", "-c", "Name")).words


async def test_domain_roles_and_the_catalogue_are_managed(openstack: OpenStack) -> None:
    await openstack("domain", "create", "--description", "others", "other")
    assert "other" in (await openstack("domain", "list", "-f", "value", "-c", "Name")).words
    await openstack("user", "create", "--domain", "other", "--password", "x", "rose")
    await openstack("role", "add", "--domain", "other", "--user", "rose", "--user-domain", "other", "reader")
    names = ["--domain", "other", "--names", "-f", "value", "-c", "Role", "-c", "User"]
    assert (await openstack("role", "assignment", "list", *names)).words == ["reader", "rose@other"]
    await openstack("domain", "set", "--disable", "other")
    await openstack("domain", "delete", "other")
    await openstack("region", "create", "--parent-region", "RegionOne", "RegionTwo")
    assert "RegionTwo" in (await openstack("region", "list", "-f", "value", "-c", "Region")).words
    await openstack("service", "create", "--name", "cinder", "volumev3")
    await openstack("service", "set", "--description", "Block storage", "cinder")
    create = ["endpoint", "create", "--region", "RegionTwo", "cinder", "public", "http://c/v3/$(project_id)s"]
    endpoint = (await openstack(*create, "-f", "value", "-c", "id")).out
    await openstack("endpoint", "set", "--url", "http://d/v3/$(project_id)s", endpoint)
    listed = await openstack("endpoint", "list", "--service", "cinder", "-f", "value", "-c", "URL")
    assert listed.out == "http://d/v3/$(project_id)s"
    await openstack("endpoint", "delete", endpoint)
    await openstack("service", "delete", "cinder")
    await openstack("region", "delete", "RegionTwo")


async def test_member_lists_own_projects_and_changes_own_password(openstack: OpenStack) -> None:
    await openstack("project", "create", "red")
    await openstack("user", "create", "--password", "old", "rose")
    await openstack("role", "add", "--project", "red", "--user", "rose", "member")
    rose = {"OS_USERNAME": "rose", "OS_PASSWORD": "old", "OS_PROJECT_NAME": "red"}
    assert (await openstack("project", "list", "-f", "value", "-c", "Name", **rose)).words == ["red"]
    await openstack("user", "password", "set", "--original-password", "old", "--password", "new", **rose)
    assert (await openstack("token", "issue", must=False, **rose)).code != 0
    token = (await openstack("token", "issue", "-f", "value", "-c", "id", **rose | {"OS_PASSWORD": "new"})).out
    await openstack("token", "revoke", token)


async def test_groups_inherited_and_implied_roles_and_tags_are_managed(openstack: OpenStack) -> None:
    await openstack("group", "create", "--description", "those of the garden", "florists")
    await openstack("group", "set", "--name", "gardeners", "florists")
    await openstack("user", "create", "--password", "x", "rose")
    await openstack("group", "add", "user", "gardeners", "rose")
    assert "rose in group gardeners" in (await openstack("group", "contains", "user", "gardeners", "rose")).out
    assert (await openstack("group", "list", "--user", "rose", "-f", "value", "-c", "Name")).words == ["gardeners"]
    await openstack("project", "create", "--tag", "blue", "above")
    await openstack("project", "create", "--parent", "above", "--tag", "blue", "--tag", "green", "leaf")
    tagged = ["project", "list", "--tags", "blue", "--not-tags", "green", "-f", "value", "-c", "Name"]
    assert (await openstack(*tagged)).words == ["above"]
    shown = json.loads((await openstack("project", "show", "--children", "above", "-f", "json")).out)
    assert list(shown["subtree"].values()) == [None]
    await openstack("role", "create", "florist")
    await openstack("implied", "role", "create", "--implied-role", "reader", "florist")
    assert "florist" in (await openstack("implied", "role", "list", "-f", "value", "-c", "Prior Role Name")).words
    await openstack("role", "add", "--inherited", "--project", "above", "--group", "gardeners", "florist")
    held = ["role", "assignment", "list", "--effective", "--user", "rose", "--names", "-f", "value", "-c", "Role"]
    assert sorted((await openstack(*held)).words) == ["florist", "reader"]
    await openstack("token", "issue", OS_USERNAME="rose", OS_PASSWORD="x", OS_PROJECT_NAME="leaf")
    await openstack("implied", "role", "delete", "--implied-role", "reader", "florist")
    await openstack("role", "remove", "--inherited", "--project", "above", "--group", "gardeners", "florist")
    await openstack("group", "remove", "user", "gardeners", "rose")
    await openstack("group", "delete", "gardeners")
    assert (await openstack(*held)).words == []
