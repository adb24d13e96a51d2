"""Address groups over HTTP, and the address sets that they become."""

import asyncio
import time
from uuid import uuid4

import pytest

from identity.callers import Caller
from northbound.address_groups.address_group import AddressGroup
from northbound.address_groups.noun import ADDRESS_GROUP
from northbound.address_groups.schema import parse_addresses
from southbound import names
from tests.real.northbound.api import Answer, NetworkApi

pytestmark = pytest.mark.real
CALLER = Caller("alice-id", "alice", "default", frozenset({"member"}), project_id="red")


async def addresses_of(api: NetworkApi, group_id: str, ip_version: int) -> set[str]:
    (row,) = await api.ovn.wait_rows("NB", "Address_Set", 1, name=names.address_set_name(group_id, ip_version))
    kind, value = row["addresses"] if isinstance(row["addresses"], list) else ("set", [row["addresses"]])
    assert kind == "set"
    return set(value)


async def change(api: NetworkApi, group_id: str, verb: str, *addresses: str, who: str = "alice") -> Answer:
    body = {"addresses": list(addresses)}
    return await api.ask("PUT", f"/v2.0/address-groups/{group_id}/{verb}_addresses", body, who=who)


async def test_group_becomes_two_sets_that_follow_its_addresses(api: NetworkApi) -> None:
    group = await api.make("address_group", name="mirrors", addresses=["10.0.0.7/24", "2001:db8::1/128"])
    assert (group["addresses"], group["shared"]) == (["10.0.0.0/24", "2001:db8::1/128"], False)
    assert await addresses_of(api, group["id"], 4) == {"10.0.0.0/24"}
    assert await addresses_of(api, group["id"], 6) == {"2001:db8::1/128"}
    added = await change(api, group["id"], "add", "192.0.2.1-192.0.2.3", "198.51.100.9/32")
    assert (added.status, len(added.body["address_group"]["addresses"])) == (200, 5)
    assert await addresses_of(api, group["id"], 4) == {
        *("10.0.0.0/24", "192.0.2.1/32", "192.0.2.2/31", "198.51.100.9/32"),
    }
    removed = await change(api, group["id"], "remove", "10.0.0.0/24", "198.51.100.9")
    assert removed.body["address_group"]["addresses"] == ["2001:db8::1/128", "192.0.2.1/32", "192.0.2.2/31"]
    assert await addresses_of(api, group["id"], 4) == {"192.0.2.1/32", "192.0.2.2/31"}
    assert [found["id"] for found in await api.find("address-groups?name=mirrors")] == [group["id"]]
    await api.remove("address_group", group["id"])
    assert await api.ovn.northbound.rows("Address_Set") == []


async def test_addresses_that_are_there_or_are_not_are_refused_and_nothing_changes(api: NetworkApi) -> None:
    group = await api.make("address_group", addresses=["10.0.0.0/24"])
    before = await api.dump()
    for verb, address, status, kind in (
        ("add", "10.0.0.9/24", 400, "AddressesAlreadyExist"),
        ("add", "10.0.0.1", 400, "InvalidInput"),
        ("add", "everything", 400, "InvalidInput"),
        ("remove", "10.0.1.1", 404, "AddressesNotFound"),
        ("remove", "everything", 400, "InvalidInput"),
        ("add", "::1-ffff::", 200, ""),
    ):
        answer = await change(api, group["id"], verb, address)
        assert answer.status == status, answer.body
        if status != 200:
            assert (answer.error["type"], await api.dump()) == (kind, before)
    assert (await change(api, group["id"], "add", "10.9.0.0/16", who="bob")).status == 404
    many = [f"10.{number // 250}.{number % 250}.0/24" for number in range(1001)]
    assert (await api.ask("POST", "/v2.0/address-groups", {"address_group": {"addresses": many}})).status == 400


async def test_concurrent_additions_are_all_there(api: NetworkApi) -> None:
    group = await api.make("address_group")
    wanted = [f"10.0.{number}.0/32" for number in range(12)]
    answers = await asyncio.gather(*(change(api, group["id"], "add", address) for address in wanted))
    assert {answer.status for answer in answers} == {200}
    assert set((await api.show("address_group", group["id"]))["addresses"]) == set(wanted)
    assert await addresses_of(api, group["id"], 4) == set(wanted)


async def test_group_that_a_rule_names_stays_and_is_shared_while_a_rule_of_others_does(api: NetworkApi) -> None:
    group = await api.make("address_group", addresses=["10.0.0.0/24"])
    own = await api.make("security_group", who="bob", name="own")
    said = {"security_group_id": own["id"], "direction": "ingress", "remote_address_group_id": group["id"]}
    refused = await api.ask("POST", "/v2.0/security-group-rules", {"security_group_rule": said}, who="bob")
    assert (refused.status, refused.error["type"]) == (404, "AddressGroupNotFound"), "threat P10"

    policy = await api.make(
        "rbac_policy",
        object_type="address_group",
        object_id=group["id"],
        action="access_as_shared",
        target_tenant="blue",
    )
    rule = await api.make("security_group_rule", who="bob", **said)
    assert rule["remote_address_group_id"] == group["id"]
    (acl,) = await api.ovn.wait_rows("NB", "ACL", 1, match=f"outport == @{names.port_group_name(own['id'])} && ip4"
        f" && ip4.src == ${names.address_set_name(group['id'], 4)}")  # fmt: skip
    assert acl["_uuid"][1] == rule["id"]
    assert (await change(api, group["id"], "add", "10.1.0.0/24", who="bob")).status == 403
    assert (await api.ask("DELETE", f"/v2.0/address-groups/{group['id']}")).error["type"] == "AddressGroupInUse"
    assert (await api.ask("DELETE", f"/v2.0/rbac-policies/{policy['id']}")).error["type"] == "RbacPolicyInUse"
    both = {"remote_ip_prefix": "10.0.0.0/8", **said}
    refused = await api.ask("POST", "/v2.0/security-group-rules", {"security_group_rule": both}, who="bob")
    assert refused.status == 400
    found = await api.find(f"security-group-rules?remote_address_group_id={group['id']}", who="bob")
    assert [one["id"] for one in found] == [rule["id"]]
    await api.remove("security_group_rule", rule["id"], who="bob")
    await api.remove("rbac_policy", policy["id"])
    await api.remove("address_group", group["id"])


async def test_sharing_raises_the_revision_in_ovn_as_well(api: NetworkApi) -> None:
    group = await api.make("address_group", who="admin", addresses=["192.0.2.0/24"])
    said = {"object_type": "address_group", "object_id": group["id"], "action": "access_as_shared"}
    await api.make("rbac_policy", who="admin", target_tenant="red", **said)
    shown = await api.show("address_group", group["id"])
    revision = str(shown["revision_number"])
    rows = await api.ovn.northbound.rows("Address_Set")
    found = [
        dict(row["external_ids"][1])["neutron:revision_number"]
        for row in rows
        if group["id"].replace("-", "_") in row["name"]
    ]
    assert found == [revision] * len(found)
    assert found


async def test_many_groups_take_no_more_statements_than_one(api: NetworkApi) -> None:
    def drafts(amount: int) -> list[AddressGroup]:
        addresses = [f"10.0.{number}.0/24" for number in range(200)]
        return [AddressGroup(id=str(uuid4()), project_id="red", name="", addresses=addresses) for _ in range(amount)]

    async def statements(amount: int) -> int:
        said: list[object] = []
        async with api.database.transaction() as conn:
            with conn.query_logger(said.append):
                made = await ADDRESS_GROUP.insert_all(conn, wanted := drafts(amount), CALLER)
        assert [group.id for group in made] == [draft.id for draft in wanted]
        return len(said)

    await statements(1)  # asks for types as well
    assert await statements(1) == await statements(40)
    assert (await api.ask("GET", "/v2.0/quotas/red/details")).body["quota"]["address_group"]["used"] == 42
    refused = await api.ask("POST", "/v2.0/address-groups", {"address_groups": [{"addresses": []}] * 10})
    assert (refused.status, refused.error["type"]) == (409, "OverQuota")
    assert len(await api.find("address-groups")) == 42, "all of a request or none"


async def test_others_have_their_turn_while_a_large_request_is_read(api: NetworkApi) -> None:
    """Few words that mean many addresses: what the process computes without a pause is one group's at most."""
    ranges = [f"10.{number}.0.1-10.{number}.255.254" for number in range(33)]
    body = {"address_groups": [{"addresses": ranges}] * 100}
    before = time.thread_time()
    for draft in body["address_groups"]:
        parse_addresses(draft["addresses"])
    at_once = time.thread_time() - before
    pauses: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0)
            pauses.append(time.thread_time() - begun)

    watching = asyncio.create_task(watch())
    refused = await api.ask("POST", "/v2.0/address-groups", body)
    watching.cancel()
    assert refused.status == 409, "more groups than the quota allows"
    assert max(pauses) < at_once / 3
