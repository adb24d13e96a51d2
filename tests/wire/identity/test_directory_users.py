"""A domain whose users a real directory keeps: logins, roles, lists, and what is refused."""

import asyncio
import re

import pytest

from identity.users.public_ids import public_id
from tests.directories import Company
from tests.identity_http import Answer, by_password, on_project
from tests.wire.identity.conftest import OpenStack

pytestmark = pytest.mark.real


async def test_official_client_lists_people_gives_them_roles_and_signs_them_in(
    company: Company, openstack: OpenStack
) -> None:
    listed = await openstack("user", "list", "--domain", "corp", "-f", "value", "-c", "Name")
    assert sorted(listed.words) == ["bill", "rose"]
    await openstack("role", "add", "--user", "rose", "--user-domain", "corp", "--project", "red", "member")
    await openstack("role", "add", "--group", "florists", "--group-domain", "corp", "--project", "blue", "reader")
    rose = {"OS_USERNAME": "rose", "OS_PASSWORD": "rose's password", "OS_USER_DOMAIN_NAME": "corp"}
    issued = await openstack("token", "issue", "-f", "value", "-c", "user_id", OS_PROJECT_NAME="red", **rose)
    assert issued.out == await company.id_of("rose")
    await openstack("token", "issue", OS_PROJECT_NAME="blue", **rose)
    projects = await openstack("project", "list", "-f", "value", "-c", "Name", OS_PROJECT_NAME="red", **rose)
    assert sorted(projects.words) == ["blue", "red"]
    # The client hands the domain on as it is written, so a group is found by the domain's id alone.
    members = ["user", "list", "--group", "florists", "--domain", company.domain_id, "-f", "value", "-c", "Name"]
    assert (await openstack(*members)).words == ["rose"]
    shown = await openstack("user", "show", "--domain", "corp", "rose", "-f", "value", "-c", "email")
    assert shown.out == "rose@corp.example"
    held = ["role", "assignment", "list", "--names", "--project", "red", "-f", "value", "-c", "User"]
    assert "rose@corp" in (await openstack(*held)).words
    await openstack("role", "remove", "--user", "rose", "--user-domain", "corp", "--project", "red", "member")
    refused = await openstack("token", "issue", must=False, OS_PROJECT_NAME="red", **rose)
    assert refused.code != 0


async def test_ids_are_keystones_and_the_same_for_ever(company: Company) -> None:
    rose, group = await company.id_of("rose"), await company.group_id("florists")
    assert re.fullmatch("[0-9a-f]{64}", rose)
    assert rose == public_id(company.domain_id, "user", "rose")
    assert group == public_id(company.domain_id, "group", "florists")
    await company.system.must("PUT", company.role_on_red(f"users/{rose}"))
    await company.system.must("DELETE", f"/v3/domains/{company.domain_id}/config")
    assert (await company.system.get(f"/v3/users/{rose}")).status == 404
    assert await company.users() == []
    assert (await company.sign_in("rose", "rose's password")).status == 401
    await company.set()
    assert (await company.sign_in("rose", "rose's password", on_project("red"))).status == 201
    assert (await company.system.get(f"/v3/users/{rose}")).body["user"]["name"] == "rose"


async def test_entries_that_share_an_id_are_left_out_and_others_sign_in(company: Company) -> None:
    """As happens where the id is a common name and the whole tree is looked through."""
    for tree, entry in (
        ("people", "uid=rose,ou=more,ou=people,{base}\nobjectClass: inetOrgPerson\nuid: rose\ncn: x\nsn: x\n"),
        ("groups", "cn=twice,ou=more,ou=groups,{base}\nobjectClass: groupOfNames\ncn: twice\nmember: {bill}\n"),
    ):
        base, bill = company.corp.base, company.corp.person("bill")
        unit = f"dn: ou=more,ou={tree},{base}\nobjectClass: organizationalUnit\n\n"
        await company.corp.slapd.apply(f"{unit}dn: {entry.format(base=base, bill=bill)}")
    await company.corp.add_group("twice", "bill")
    await company.set(query_scope="sub")
    assert [user["name"] for user in await company.users()] == ["bill"]
    groups = await company.system.must("GET", f"/v3/groups?domain_id={company.domain_id}")
    assert [group["name"] for group in groups["groups"]] == ["florists"]
    assert (await company.sign_in("bill", "bill's password")).status == 201
    assert (await company.sign_in("rose", "rose's password")).status == 401


async def test_first_logins_at_once_all_get_in(company: Company) -> None:
    """They ask one directory, which nobody closes under another; it is known by a name, as directories are."""
    await company.set(url=company.corp.slapd.url.replace("127.0.0.1", "localhost"))
    logins = [company.sign_in(name, f"{name}'s password") for name in ("rose", "bill") * 5]
    assert [answer.status for answer in await asyncio.gather(*logins)] == [201] * 10


async def test_people_and_groups_are_shown_and_listed_like_any_other(company: Company) -> None:
    for name in ("anna", "Annabel", "joanna", "zoe"):
        await company.corp.add_person(name, employeeType="FALSE" if name == "zoe" else "TRUE")

    async def names(query: str) -> list[str]:
        return sorted(user["name"] for user in await company.users(query))

    assert await names("name=anna") == ["anna"]
    assert await names("name=nobody") == []
    assert await names("name__contains=anna") == ["anna", "joanna"]
    assert await names("name__icontains=ANNA") == ["Annabel", "anna", "joanna"]
    assert await names("name__startswith=Anna") == ["Annabel"]
    assert await names("name__endswith=anna&enabled=true") == ["anna", "joanna"]
    assert await names("enabled=false") == ["zoe"]
    for hostile in ("*", "*)(uid=*", "an*", "anna)(|(uid=*"):
        assert await names(f"name={hostile}") == []
        assert await names(f"name__contains={hostile}") == []
    everybody, marker = [], ""
    while page := await company.users(f"limit=2&marker={marker}" if marker else "limit=2"):
        assert len(page) <= 2
        everybody += [user["name"] for user in page]
        marker = page[-1]["id"]
    assert sorted(everybody) == ["Annabel", "anna", "bill", "joanna", "rose", "zoe"]
    rose, bill, group = await company.id_of("rose"), await company.id_of("bill"), await company.group_id("florists")
    shown = (await company.system.get(f"/v3/users/{rose}")).body["user"]
    assert (shown["email"], shown["enabled"], shown["domain_id"]) == ("rose@corp.example", True, company.domain_id)
    assert (await company.system.get(f"/v3/groups/{group}")).body["group"]["name"] == "florists"
    members = (await company.system.get(f"/v3/groups/{group}/users")).body["users"]
    assert [user["id"] for user in members] == [rose]
    groups = (await company.system.get(f"/v3/users/{rose}/groups")).body["groups"]
    assert [found["id"] for found in groups] == [group]
    assert (await company.system.send("HEAD", f"/v3/groups/{group}/users/{rose}")).status == 204
    assert (await company.system.send("HEAD", f"/v3/groups/{group}/users/{bill}")).status == 404


async def test_whatever_would_write_to_the_directory_is_refused_with_the_reason(company: Company) -> None:
    rose, bill, group = await company.id_of("rose"), await company.id_of("bill"), await company.group_id("florists")
    own = (await company.system.must("POST", "/v3/groups", {"group": {"name": "own"}}))["group"]["id"]
    body = {"domain_id": company.domain_id, "name": "new"}
    passwords = {"original_password": "rose's password", "password": "another password"}
    for method, path, content in (
        ("POST", "/v3/users", {"user": body}),
        ("POST", "/v3/groups", {"group": body}),
        ("PATCH", f"/v3/users/{rose}", {"user": {"enabled": False}}),
        ("PATCH", f"/v3/users/{rose}", {"user": {"password": "another password"}}),
        ("POST", f"/v3/users/{rose}/password", {"user": passwords}),
        ("DELETE", f"/v3/users/{rose}", None),
        ("PATCH", f"/v3/groups/{group}", {"group": {"name": "new"}}),
        ("DELETE", f"/v3/groups/{group}", None),
        ("PUT", f"/v3/groups/{group}/users/{bill}", None),
        ("DELETE", f"/v3/groups/{group}/users/{rose}", None),
        ("PUT", f"/v3/groups/{own}/users/{rose}", None),
        ("PUT", f"/v3/groups/{group}/users/{company.cloud.red.user_id}", None),
    ):
        refused = await company.system.send(method, path, content)
        assert refused.status == 403, (method, path, refused)
        assert "directory" in refused.body["error"]["message"]
    assert (await company.sign_in("rose", "rose's password")).status == 201
    assert sorted(user["name"] for user in await company.users()) == ["bill", "rose"]


def plain(answer: Answer) -> tuple[int, object, frozenset[str]]:
    return answer.status, answer.body, frozenset(answer.headers)


async def test_threat_k14_refusals_of_a_directory_tell_nothing(company: Company) -> None:
    """Somebody unknown, a wrong password, somebody disabled, and names that are filters: one answer."""
    await company.corp.add_person("zoe", "zoe's password", employeeType="FALSE")
    tries = [("nobody", "x"), ("rose", "x"), ("zoe", "zoe's password"), ("zoe", "x"), ("rose", "")]
    tries += [(name, "rose's password") for name in ("*", "*)(uid=*", "rose)(|(uid=*", "ros*", "\\72ose", "cn=rose")]
    answers = [await company.sign_in(name, password) for name, password in tries]
    answers.append(await company.sign_in("rose", None))
    assert len({str(plain(answer)) for answer in answers}) == 1
    assert answers[0].status == 401


@pytest.mark.parametrize("password", ["", None])
async def test_threat_k3_empty_password_asks_no_directory(company: Company, password: str | None) -> None:
    await company.set(url="ldap://127.0.0.1:1")
    assert (await company.sign_in("rose", "rose's password")).status == 503
    assert (await company.sign_in("rose", password)).status == 401


async def test_token_and_trust_and_credential_of_a_directory_user_work(company: Company) -> None:
    rose = await company.id_of("rose")
    await company.system.must("PUT", company.role_on_red(f"users/{rose}"))
    bearer = await company.bearer("rose", on_project("red"))
    made = await bearer.must("POST", f"/v3/users/{rose}/application_credentials", CREDENTIAL)
    credential = made["application_credential"]
    trust = {"trustor_user_id": rose, "trustee_user_id": company.cloud.blue.user_id, "impersonation": True}
    trust |= {"project_id": company.cloud.red.project_id, "roles": [{"name": "member"}]}
    trust_id = (await bearer.must("POST", "/v3/OS-TRUST/trusts", {"trust": trust}))["trust"]["id"]
    by_credential = {"id": credential["id"], "secret": credential["secret"]}
    sign_in = {"identity": {"methods": ["application_credential"], "application_credential": by_credential}}
    by_trust = by_password("bill", "correct horse", {"OS-TRUST:trust": {"id": trust_id}})
    assert (await bearer.bearing(None).sign_in(sign_in)).status == 201
    assert (await bearer.bearing(None).sign_in(by_trust)).status == 201
    await company.corp.remove(company.corp.person("rose"))
    assert (await bearer.bearing(None).sign_in(sign_in)).status == 401
    assert (await bearer.bearing(None).sign_in(by_trust)).status == 401


CREDENTIAL = {"application_credential": {"name": "robot"}}
