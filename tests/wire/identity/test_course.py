"""The identity part of the course, typed by the real `openstack` client."""

from tests.daemons.identity import IdentityServer
from tests.wire.identity.conftest import OpenStack


async def test_course_from_project_to_a_member_who_may_not_create_projects(
    openstack: OpenStack, identity_server: IdentityServer
) -> None:
    await openstack("project", "create", "--description", "École ENSIIE", "ensiie")
    shown = await openstack("project", "show", "ensiie", "-f", "value", "-c", "description")
    assert shown.out == "École ENSIIE"
    await openstack("user", "create", "--password", "secretpass", "user1")
    await openstack("role", "create", "teacher")
    await openstack("role", "add", "--project", "ensiie", "--user", "user1", "teacher")
    await openstack("role", "add", "--project", "ensiie", "--user", "user1", "member")
    named = ["--user", "user1", "--project", "ensiie", "--names", "-f", "value", "-c", "Role"]
    held = await openstack("role", "assignment", "list", *named)
    assert sorted(held.words) == ["member", "teacher"]

    description = ["--description", "OpenStack Image service"]
    await openstack("service", "create", "--name", "course-image", *description, "course-image")
    address = "http://127.0.0.1:9/"
    await openstack("endpoint", "create", "--region", "RegionOne", "course-image", "internal", address)
    catalog = await openstack("catalog", "list")
    assert address in catalog.out

    user1 = {"OS_USERNAME": "user1", "OS_PASSWORD": "secretpass", "OS_PROJECT_NAME": "ensiie"}
    await openstack("token", "issue", **user1)
    await openstack("token", "issue", **user1, OS_AUTH_URL=f"{identity_server.url}/v3")
    stolen = await openstack("project", "create", "stolen", must=False, **user1)
    assert stolen.code != 0
    assert "403" in stolen.err
    projects = await openstack("project", "list", "-f", "value", "-c", "Name")
    assert "stolen" not in projects.words
