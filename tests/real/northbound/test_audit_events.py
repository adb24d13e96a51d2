"""Events of audit: each change of the network and load-balancer APIs leaves one, in the transaction that makes it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.balancing.api import Balancing, a_tree, lay_ground


async def events(api: NetworkApi, *request_ids: str) -> list[Any]:
    """Those of some requests, in order; of all, without."""
    statement = "SELECT * FROM identity.audit_events WHERE $1::text[] = '{}' OR request_id = ANY($1) ORDER BY number"
    async with api.database.connection() as conn:
        return await conn.fetch(statement, list(request_ids))


async def one(api: NetworkApi, answer: Answer) -> tuple[str, str, str]:
    """(action, target type, target id) of the only event of a request."""
    assert answer.status < 300, answer.body
    (event,) = await events(api, answer.request_id)
    assert event["outcome"] == "success"
    return event["action"], event["target_type"], event["target_id"]


async def test_every_kind_of_change_leaves_one_event(api: NetworkApi) -> None:
    made = await api.ask("POST", "/v2.0/networks", {"network": {"name": "n"}})
    network = made.body["network"]["id"]
    assert await one(api, made) == ("create", "network/networks", network)
    changed = await api.ask("PUT", f"/v2.0/networks/{network}", {"network": {"name": "m"}})
    assert await one(api, changed) == ("update", "network/networks", network)
    subnet = await api.ask(
        "POST", "/v2.0/subnets", {"subnet": {"network_id": network, "cidr": "10.0.0.0/24", "ip_version": 4}}
    )
    router = await api.ask("POST", "/v2.0/routers", {"router": {}})
    router_id, subnet_id = router.body["router"]["id"], subnet.body["subnet"]["id"]
    joined = await api.ask("PUT", f"/v2.0/routers/{router_id}/add_router_interface", {"subnet_id": subnet_id})
    assert await one(api, joined) == ("update/add_router_interface", "network/routers", router_id)
    tagged = await api.ask("PUT", f"/v2.0/networks/{network}/tags/blue")
    assert await one(api, tagged) == ("update", "network/tags", "blue")
    group = (await api.ask("POST", "/v2.0/security-groups", {"security_group": {"name": "g"}})).body["security_group"]
    rule = await api.ask(
        "POST",
        "/v2.0/security-group-rules",
        {"security_group_rule": {"security_group_id": group["id"], "direction": "ingress"}},
    )
    assert await one(api, rule) == ("create", "network/security-group-rules", rule.body["security_group_rule"]["id"])
    scope = await api.ask("POST", "/v2.0/address-scopes", {"address_scope": {"name": "s", "ip_version": 4}})
    assert await one(api, scope) == ("create", "network/address-scopes", scope.body["address_scope"]["id"])
    gone = await api.ask("DELETE", f"/v2.0/address-scopes/{scope.body['address_scope']['id']}")
    assert await one(api, gone) == ("delete", "network/address-scopes", scope.body["address_scope"]["id"])


async def test_load_balancer_and_what_is_in_it_leave_events(api: NetworkApi) -> None:
    ground, balancing = await lay_ground(api), Balancing(api)
    made = await balancing.ask("POST", "loadbalancers", {"loadbalancer": a_tree(ground.subnet["id"], "10.50.0.9")})
    balancer = made.body["loadbalancer"]
    assert await one(api, made) == ("create", "load-balancer/loadbalancers", balancer["id"])
    pool = balancer["pools"][0]["id"]
    member = await balancing.ask(
        "POST", f"pools/{pool}/members", {"member": {"address": "10.50.0.8", "protocol_port": 1}}
    )
    assert await one(api, member) == ("create", "load-balancer/members", member.body["member"]["id"])
    gone = await balancing.ask("DELETE", f"pools/{pool}/members/{member.body['member']['id']}")
    assert await one(api, gone) == ("delete", "load-balancer/members", member.body["member"]["id"])


async def test_ports_made_together_have_an_event_each_of_their_own_request(api: NetworkApi) -> None:
    network = await api.make("network")
    wanted = [
        api.ask(
            "POST",
            "/v2.0/ports",
            {"port": {"network_id": network["id"], "name": f"p{number}"}},
            User_Agent=f"t{number}",
        )
        for number in range(8)
    ]
    refused = api.ask("POST", "/v2.0/ports", {"port": {"network_id": network["id"], "security_groups": ["0" * 32]}})
    *made, bad = await asyncio.gather(*wanted, refused)
    for number, answer in enumerate(made):
        assert await one(api, answer) == ("create", "network/ports", answer.body["port"]["id"])
        (event,) = await events(api, answer.request_id)
        assert event["agent"] == f"t{number}"
        assert (event["initiator_id"], event["project_id"]) == ("alice-id", "red")
    assert bad.status >= 400
    assert await events(api, bad.request_id) == []


async def test_each_resource_of_one_request_has_its_event(api: NetworkApi) -> None:
    network = await api.make("network")
    made = await api.ask("POST", "/v2.0/ports", {"ports": [{"network_id": network["id"]} for _ in range(3)]})
    found = await events(api, made.request_id)
    assert [event["target_id"] for event in found] == [port["id"] for port in made.body["ports"]]
    assert len({event["event_id"] for event in found}) == 3


async def test_what_changes_nothing_leaves_no_event(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.find("security-groups")
    before = len(await events(api))
    for answer in (
        await api.ask("PUT", f"/v2.0/networks/{network['id']}?dry_run=true", {"network": {"name": "m"}}),
        await api.ask("DELETE", f"/v2.0/networks/{network['id']}", who="bob"),
        await api.ask("POST", "/v2.0/networks", {"network": {"mtu": "much"}}),
        await api.ask("GET", "/v2.0/security-groups"),
    ):
        assert await events(api, answer.request_id) == []
    assert len(await events(api)) == before


async def test_default_group_that_a_look_makes_is_an_event_of_that_look(api: NetworkApi) -> None:
    looked = await api.ask("GET", "/v2.0/security-groups")
    action, kind, _ = await one(api, looked)
    assert (action, kind) == ("create", "network/security-groups")


@pytest.mark.parametrize("noun", ["network", "port"])
async def test_change_whose_event_cannot_be_written_is_not_made(api: NetworkApi, noun: str) -> None:
    network = await api.make("network")
    before = await api.find(f"{noun}s")
    body = {"network": {"network": {}}, "port": {"port": {"network_id": network["id"]}}}[noun]
    async with api.database.connection() as conn:
        await conn.execute("ALTER TABLE identity.audit_events ADD CONSTRAINT none CHECK (target_type = '') NOT VALID")
    answer = await api.ask("POST", f"/v2.0/{noun}s", body)
    assert answer.status >= 400
    assert await api.find(f"{noun}s") == before


async def test_record_is_of_the_transaction_and_no_further_statement(
    api: NetworkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port costs as many statements as before there was a record."""
    network, said = await api.make("network"), []
    run = asyncpg.Connection._execute

    async def counting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        said.append(query)
        return await run(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_execute", counting)
    await api.make("port", network_id=network["id"])
    recording = [query for query in said if "identity.audit_events" in query]
    assert len(recording) == 1
    assert "northbound.changes" in recording[0]
