"""What a real directory is asked, and those who only pretend to be one."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from multidict import MultiDict

from identity.directories.connection import LdapConnection
from identity.directories.copies import UserCopy
from identity.directories.directory import IDS_AT_A_TIME, Directory, FoundUser
from identity.directories.options import DirectoryOptions
from runtime.errors import BadRequest, Unavailable
from tests.daemons.slapd import MOST_SHOWN, Corp, Slapd
from tests.daemons.strangers import answering, deaf, stranger

pytestmark = pytest.mark.real
ODD_NAMES = [
    "*",
    "*)(uid=*",
    "rose)(|(uid=*",
    "*)(objectClass=*",
    "ro*",
    "\\2a",
    "(",
    "rose\x00",
    "rose)(mail=*",
    "|",
    "&",
]
ODD_PEOPLE = [
    "o'neil",
    "bell, rose",
    'quote"d',
    "plus+sign",
    "back\\slash",
    "#hash",
    "less<more>",
    "a=b",
    "star*",
    "(p)",
]
TIMEOUT_S = 0.5


@asynccontextmanager
async def opened(corp: Corp | None, timeout_s: float = 5, **changed: Any) -> AsyncIterator[Directory]:
    options = {**(corp.options if corp else {}), **changed}
    directory = Directory("d1", 1, DirectoryOptions(**options), timeout_s)
    try:
        yield directory
    finally:
        directory.close()


async def outsiders(directory: Directory, group: str, *users: FoundUser) -> list[str]:
    return sorted([user.copy.name async for part in directory.outsiders(group, users) for user in part])


async def test_people_and_groups_are_found_by_id_and_by_name(corp: Corp) -> None:
    async with opened(corp) as directory:
        rose = await directory.find_user("rose")
        assert rose is not None
        assert rose.copy.extra == {"email": "rose@corp.example"}
        assert await directory.find_user_named("rose") == rose
        assert sorted(user.copy.name for user in await directory.find_users(["rose", "nobody", "bill"])) == [
            "bill",
            "rose",
        ]
        assert await directory.find_user("nobody") is None
        assert [group.copy.name for group in await directory.groups_of(rose)] == ["florists"]
        group = await directory.find_group("florists")
        assert group is not None
        assert [user.copy.name for user in await directory.members_of(group)] == ["rose"]


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_threat_h6_no_name_finds_anybody_but_who_is_called_so(corp: Corp, name: str) -> None:
    async with opened(corp) as directory:
        assert await directory.find_user_named(name) is None
        assert await directory.find_user(name) is None
        assert await directory.find_users([name]) == []
        assert await directory.find_group(name) is None
        assert await directory.list_users(MultiDict({"name": name})) == []
        assert not await directory.verify(await directory.find_user_named(name), "rose's password")


async def test_threat_h6_odd_names_are_people_and_members_like_others(corp: Corp) -> None:
    for number, name in enumerate(ODD_PEOPLE):
        await corp.slapd.apply(
            f"dn: cn=p{number},ou=people,{corp.base}\nobjectClass: inetOrgPerson\n"
            f"cn: p{number}\nsn: x\nuid: {name}\nuserPassword: secret{number}\n"
        )
    members = "".join(f"member: cn=p{number},ou=people,{corp.base}\n" for number in range(len(ODD_PEOPLE)))
    await corp.slapd.apply(f"dn: {corp.group('odd')}\nobjectClass: groupOfNames\n{members}")
    async with opened(corp) as directory:
        for number, name in enumerate(ODD_PEOPLE):
            person = await directory.find_user_named(name)
            assert person is not None, name
            assert await directory.verify(person, f"secret{number}")
            assert [group.copy.name for group in await directory.groups_of(person)] == ["odd"]
        group = await directory.find_group("odd")
        assert group is not None
        assert sorted(user.copy.name for user in await directory.members_of(group)) == sorted(ODD_PEOPLE)


async def test_threat_h6_name_that_needs_escaping_in_a_dn_is_a_member(corp: Corp) -> None:
    """The entry's own name holds what separates names."""
    await corp.slapd.apply(
        f"dn: uid=bell\\, rose\\+x,ou=people,{corp.base}\nobjectClass: inetOrgPerson\ncn: x\nsn: x\n"
        "uid: bell, rose+x\nuserPassword: secret\n"
    )
    await corp.slapd.apply(
        f"dn: {corp.group('odd')}\nobjectClass: groupOfNames\nmember: UID=Bell\\2c rose\\2Bx, ou=people,{corp.base}\n"
    )
    async with opened(corp) as directory:
        person = await directory.find_user_named("bell, rose+x")
        assert person is not None
        assert await directory.verify(person, "secret")
        assert [group.copy.name for group in await directory.groups_of(person)] == ["odd"]
        group = await directory.find_group("odd")
        assert group is not None
        assert [user.copy.name for user in await directory.members_of(group)] == ["bell, rose+x"]


async def test_password_lets_in_its_owner_alone(corp: Corp) -> None:
    async with opened(corp) as directory:
        rose = await directory.find_user("rose")
        assert await directory.verify(rose, "rose's password")
        assert not await directory.verify(rose, "bill's password")
        assert not await directory.verify(None, "rose's password")


async def test_threat_k3_empty_password_is_never_sent() -> None:
    async with stranger() as silent, opened(None, url=silent.url) as directory:
        assert not await directory.verify(None, "")
        assert silent.connections == 0


async def test_member_outside_the_tree_of_users_is_no_member(corp: Corp) -> None:
    """Somebody of the same id elsewhere is somebody else."""
    await corp.slapd.apply(f"dn: ou=guests,{corp.base}\nobjectClass: organizationalUnit\n")
    await corp.slapd.apply(
        f"dn: uid=rose,ou=guests,{corp.base}\nobjectClass: inetOrgPerson\nuid: rose\ncn: x\nsn: x\n\n"
        f"dn: {corp.group('guests')}\nobjectClass: groupOfNames\nmember: uid=rose,ou=guests,{corp.base}\n"
    )
    async with opened(corp) as directory:
        group, rose = await directory.find_group("guests"), await directory.find_user("rose")
        assert group is not None
        assert rose is not None
        assert await directory.members_of(group) == []
        assert await outsiders(directory, "guests", rose) == ["rose"]


async def test_name_of_two_people_is_nobodys(corp: Corp) -> None:
    await corp.slapd.apply(
        f"dn: ou=more,ou=people,{corp.base}\nobjectClass: organizationalUnit\n\n"
        f"dn: uid=rose,ou=more,ou=people,{corp.base}\nobjectClass: inetOrgPerson\nuid: rose\ncn: x\nsn: x\n"
    )
    async with opened(corp) as one, opened(corp, query_scope="sub") as below:
        assert await one.find_user_named("rose") is not None
        assert await below.find_user_named("rose") is None
        assert sorted(user.copy.name for user in await one.list_users(MultiDict())) == ["bill", "rose"]
        assert [user.copy.name for user in await below.list_users(MultiDict())] == ["bill"]
        assert [user.copy.name for user in await below.find_users(["rose", "bill"])] == ["bill"]


async def test_person_with_several_ids_is_one_person(corp: Corp) -> None:
    """Also when the ids are asked for in several questions."""
    await corp.change(corp.person("rose"), "add: cn", "cn: rosalind")
    ids = ["rose", *(f"nobody{number}" for number in range(IDS_AT_A_TIME)), "rosalind"]
    async with opened(corp, user_id_attribute="cn") as directory:
        assert [user.copy.local_id for user in await directory.find_users(ids)] == ["rose"]


async def test_who_is_out_of_a_group_is_found_without_reading_its_members(
    corp: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is out is told from many who are in, by questions that name the group's id alone as what to answer."""
    members = [f"p{number:03}" for number in range(IDS_AT_A_TIME + 20)]
    entries = [f"dn: {corp.person(uid)}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: x\nsn: x\n" for uid in members]
    await corp.slapd.apply("\n".join(entries))
    out = {"p000", "p057", "p058", members[-1]}
    await corp.add_group("many", *(uid for uid in members if uid not in out))
    asked: list[Sequence[str]] = []
    search = LdapConnection.search

    async def watched(
        connection: LdapConnection, base: str, scope: Any, condition: Any, attributes: Any, **more: Any
    ) -> Any:
        asked.append(attributes)
        return await search(connection, base, scope, condition, attributes, **more)

    async with opened(corp) as directory:
        users = await directory.find_users(members)
        monkeypatch.setattr(LdapConnection, "search", watched)
        assert await outsiders(directory, "many", *users) == sorted(out)
        assert len(asked) < len(members)
        assert not any("member" in attributes for attributes in asked)
        assert await outsiders(directory, "nothing", *users) == members


async def test_members_may_be_named_by_their_ids(corp: Corp) -> None:
    await corp.slapd.apply(
        f"dn: cn=posix,ou=groups,{corp.base}\nobjectClass: groupOfNames\n"
        f"member: {corp.base}\ndescription: rose\nowner: {corp.base}\n"
    )
    ids = {"group_members_are_ids": True, "group_member_attribute": "description", "group_desc_attribute": "o"}
    async with opened(corp, **ids) as directory:
        rose = await directory.find_user("rose")
        assert rose is not None
        assert [group.copy.name for group in await directory.groups_of(rose)] == ["posix"]
        group = await directory.find_group("posix")
        assert group is not None
        assert [user.copy.name for user in await directory.members_of(group)] == ["rose"]
        assert await outsiders(directory, "posix", rose) == []


async def test_pages_get_round_the_limit_of_the_directory(corp: Corp) -> None:
    entries = [
        f"dn: uid=p{number},ou=people,{corp.base}\nobjectClass: inetOrgPerson\nuid: p{number}\ncn: x\nsn: x\n"
        for number in range(MOST_SHOWN + 10)
    ]
    await corp.slapd.apply("\n".join(entries))
    async with opened(corp) as whole, opened(corp, page_size=100) as paged:
        with pytest.raises(BadRequest, match="narrow"):
            await whole.list_users(MultiDict())
        assert len(await whole.list_users(MultiDict({"name__startswith": "p50"}))) == 11
        assert len(await paged.list_users(MultiDict())) == MOST_SHOWN + 12
        assert await paged.find_user("p7") is not None


@pytest.mark.parametrize("scheme", ["ldaps", "starttls", "ldapi"])
async def test_directory_is_reached_by_tls_and_by_socket(corp: Corp, slapd: Slapd, scheme: str) -> None:
    url = {"ldaps": slapd.tls_url, "starttls": slapd.url, "ldapi": slapd.socket_url}[scheme]
    tls = {"tls_cacertfile": str(slapd.ca_path), "use_tls": scheme == "starttls"}
    async with opened(corp, url=url, **tls) as directory:
        rose = await directory.find_user("rose")
        assert await directory.verify(rose, "rose's password")


@pytest.mark.parametrize("scheme", ["ldaps", "starttls"])
async def test_certificate_is_checked_unless_the_options_say_otherwise(corp: Corp, slapd: Slapd, scheme: str) -> None:
    url = slapd.tls_url if scheme == "ldaps" else slapd.url
    other_name = url.replace("127.0.0.1", "localhost")
    use_tls = {"use_tls": scheme == "starttls"}
    trusted = {"tls_cacertfile": str(slapd.ca_path), **use_tls}
    async with (
        opened(corp, url=url, **use_tls) as untrusted,
        opened(corp, url=other_name, **trusted) as misnamed,
        opened(corp, url=url, **use_tls, tls_cacertfile="/nowhere/ca.pem") as without_file,
        opened(corp, url=other_name, **use_tls, tls_req_cert="never") as careless,
    ):
        for directory in (untrusted, misnamed, without_file):
            with pytest.raises(Unavailable):
                await directory.find_user("rose")
        assert await careless.find_user("rose") is not None


async def test_whoever_waits_for_a_directory_that_is_closed_is_told(
    corp: Corp, slapd: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of servers are looked up in two threads, so the third waits; the fourth comes too late."""
    known, look_up = threading.Event(), socket.getaddrinfo

    def slowly(*arguments: Any) -> Any:
        known.wait()
        return look_up(*arguments)

    async with opened(corp, url=slapd.url.replace("127.0.0.1", "localhost")) as directory:
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        asked = [asyncio.ensure_future(directory.find_user("rose")) for _ in range(3)]
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            directory.close()
            with pytest.raises(Unavailable):
                await asked[2]
            with pytest.raises(Unavailable):
                await directory.find_user("rose")
        finally:
            known.set()
        await asyncio.wait(asked)


async def test_next_server_is_asked_when_one_is_away(corp: Corp, slapd: Slapd) -> None:
    async with deaf() as silent, opened(corp, url=f"ldap://127.0.0.1:1,{silent.url},{slapd.url}") as directory:
        assert await directory.find_user("rose") is not None


async def test_directory_that_was_started_again_answers(corp: Corp, slapd: Slapd) -> None:
    async with opened(corp) as directory:
        assert await directory.find_user("rose") is not None
        await slapd.stop()
        with pytest.raises(Unavailable):
            await directory.find_user("rose")
        await slapd.start()
        assert await directory.find_user("rose") is not None


async def test_referral_is_not_followed(corp: Corp) -> None:
    async with stranger() as canary:
        await corp.slapd.apply(
            f"dn: ou=away,ou=people,{corp.base}\nobjectClass: referral\nobjectClass: extensibleObject\n"
            f"ou: away\nref: {canary.url}/ou=away,dc=elsewhere\n"
        )
        async with (
            opened(corp, query_scope="sub") as whole,
            opened(corp, user_tree_dn=f"ou=away,ou=people,{corp.base}") as away,
        ):
            assert sorted(user.copy.name for user in await whole.list_users(MultiDict())) == ["bill", "rose"]
            with pytest.raises(Unavailable):
                await away.find_user("rose")
        assert canary.connections == 0


START_TLS_GRANTED = bytes.fromhex("300c02010178070a010004000400")
SOMEBODY = FoundUser(
    "uid=rose", UserCopy(id="0", local_id="rose", name="rose", enabled=True, default_project_id=None, extra={})
)
BIND_GRANTED = bytes.fromhex("300c02010161070a010004000400")
BIND_GRANTED_2 = bytes.fromhex("300c02010261070a010004000400")


@pytest.mark.parametrize("kind", ["plain", "deaf", "ldaps", "starttls"])
async def test_silent_directory_is_given_up_in_time_and_holds_nobody_up(kind: str) -> None:
    talk = answering(START_TLS_GRANTED) if kind == "starttls" else answering()
    async with deaf() if kind == "deaf" else stranger(talk) as silent:
        url = silent.url.replace("ldap:", "ldaps:") if kind == "ldaps" else silent.url
        async with opened(None, TIMEOUT_S, url=url, use_tls=kind == "starttls", pool_size=2) as directory:
            asked = [asyncio.ensure_future(directory.find_user("rose")) for _ in range(10)]
            began, longest_s = time.monotonic(), 0.0
            while not all(question.done() for question in asked):
                before = time.monotonic()
                await asyncio.sleep(0.01)
                longest_s = max(longest_s, time.monotonic() - before)
            took_s = time.monotonic() - began
            answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert took_s < TIMEOUT_S + 1
    assert longest_s < 0.2
    assert silent.most_open <= 2


@pytest.mark.parametrize(
    "answers",
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"\x30\x84\xff\xff\xff\xff",),
        (BIND_GRANTED_2,),
        (BIND_GRANTED * 2,),
        (b"\x00" * 64,),
    ],
    ids=["http", "length", "another's", "twice", "zeros"],
)
async def test_answer_that_is_none_lets_nobody_in(answers: tuple[bytes, ...]) -> None:
    async with stranger(answering(*answers)) as liar, opened(None, TIMEOUT_S, url=liar.url) as directory:
        with pytest.raises(Unavailable):
            await directory.verify(SOMEBODY, "secret")


async def test_what_is_put_behind_the_grant_of_tls_is_no_answer() -> None:
    """Somebody in between grants TLS and adds the answer to a bind that was not sent yet."""
    talk = answering(START_TLS_GRANTED + BIND_GRANTED_2)
    async with stranger(talk) as liar, opened(None, TIMEOUT_S, url=liar.url, use_tls=True) as directory:
        with pytest.raises(Unavailable):
            await directory.verify(SOMEBODY, "secret")
