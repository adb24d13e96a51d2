"""If-Match: a change is made to the resource as its client last saw it, or not at all."""

import asyncio

import pytest

from tests.real.northbound.api import NetworkApi, collection

pytestmark = pytest.mark.real


async def test_a_stale_client_changes_nothing(api: NetworkApi) -> None:
    network = await api.make("network", name="first")
    path = f"/v2.0/networks/{network['id']}"
    seen = network["revision_number"]
    renamed = await api.ask("PUT", path, {"network": {"name": "second"}}, If_Match=f"revision_number={seen}")
    assert renamed.status == 200
    assert renamed.body["network"]["revision_number"] == seen + 1

    before = await api.dump()
    for method, body in (("PUT", {"network": {"name": "third"}}), ("DELETE", None)):
        answer = await api.ask(method, path, body, If_Match=f"revision_number={seen}")
        assert answer.status == 412
        assert answer.error["type"] == "RevisionNumberConstraintFailed"
        assert answer.error["message"] == f"Constrained to {seen}, but current revision is {seen + 1}"
    assert await api.dump() == before
    gone = await api.ask("DELETE", path, If_Match=f"revision_number={seen + 1}")
    assert gone.status == 204


async def test_every_kind_of_resource_is_held_to_its_revision(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="10.50.0.0/24", ip_version=4)
    group = await api.make("security_group", name="web")
    rule = await api.make("security_group_rule", security_group_id=group["id"], direction="ingress", protocol="tcp")
    router = await api.make("router", name="r")
    port = await api.make("port", network_id=network["id"])
    made = {"network": network, "subnet": subnet, "port": port, "router": router}
    made |= {"security_group": group, "security_group_rule": rule}
    for noun, resource in made.items():
        path = f"{collection(noun)}/{resource['id']}"
        stale = await api.ask("PUT", path, {noun: {"description": "new"}}, If_Match="revision_number=999")
        assert (noun, stale.status) == (noun, 412)
        current = (await api.show(noun, resource["id"]))["revision_number"]
        fresh = await api.ask("PUT", path, {noun: {"description": "n"}}, If_Match=f"revision_number={current}")
        assert (noun, fresh.status) == (noun, 200)
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    stale = await api.ask("PUT", path, {"subnet_id": subnet["id"]}, If_Match="revision_number=999")
    assert stale.status == 412
    assert (await api.ask("PUT", f"/v2.0/ports/{port['id']}/tags/a", If_Match="revision_number=999")).status == 412


async def test_of_clients_that_saw_the_same_revision_one_wins(api: NetworkApi) -> None:
    network = await api.make("network")
    seen = f"revision_number={network['revision_number']}"

    async def rename(name: str) -> int:
        path = f"/v2.0/networks/{network['id']}"
        return (await api.ask("PUT", path, {"network": {"name": name}}, If_Match=seen)).status

    answers = await asyncio.gather(*(rename(f"name {number}") for number in range(8)))
    assert sorted(answers) == [200] + [412] * 7


async def test_a_stranger_learns_nothing_from_if_match(api: NetworkApi) -> None:
    network = await api.make("network")
    path = f"/v2.0/networks/{network['id']}"
    for revision in (network["revision_number"], 999):
        answer = await api.ask("DELETE", path, who="bob", If_Match=f"revision_number={revision}")
        assert (answer.status, answer.error["type"]) == (404, "NetworkNotFound")
    assert (await api.ask("DELETE", path, who="reader", If_Match="revision_number=999")).status == 403


@pytest.mark.parametrize("said", ["revision_number=", "revision_number=x", '"abc"', "*", "revision_number=-1"])
async def test_an_if_match_that_says_no_revision_is_refused(api: NetworkApi, said: str) -> None:
    network = await api.make("network")
    answer = await api.ask("DELETE", f"/v2.0/networks/{network['id']}", If_Match=said)
    assert answer.status == 400
    assert "If-Match" in answer.error["message"]


async def test_what_has_no_revisions_cannot_be_constrained(api: NetworkApi) -> None:
    answer = await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"port": 7}}, who="admin", If_Match="revision_number=1")
    assert (answer.status, answer.error["type"]) == (400, "BadRequest")
