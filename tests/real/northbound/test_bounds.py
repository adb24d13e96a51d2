"""Bounds of what a tenant can make grow, in Neutron's words where it has them, and exact under races."""

import asyncio
from typing import Any

import pytest

from deploy.schema import ROOT
from tests.real.northbound.api import NetworkApi, collection

pytestmark = pytest.mark.real
PREFIXES = [f"10.{number}.0.0/16" for number in range(12)]


@pytest.mark.parametrize("noun", ["address_scope", "subnetpool"])
async def test_threat_q1_quota_of_scopes_and_pools_holds_under_a_race(api: NetworkApi, noun: str) -> None:
    assert (await api.ask("GET", "/v2.0/quotas/red/default")).body["quota"][noun] == 50
    await api.ask("PUT", "/v2.0/quotas/red", {"quota": {noun: 3}}, who="admin")
    said = [{"name": "n"} | ({"prefixes": [prefix]} if noun == "subnetpool" else {}) for prefix in PREFIXES]
    answers = await asyncio.gather(*(api.ask("POST", collection(noun), {noun: body}) for body in said))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 9
    assert {answer.error["type"] for answer in answers if answer.status == 409} == {"OverQuota"}
    made = next(answer.body[noun]["id"] for answer in answers if answer.status == 201)
    await api.remove(noun, made)
    assert (await api.ask("GET", "/v2.0/quotas/red/details")).body["quota"][noun]["used"] == 2


async def test_what_is_too_much_of_a_resource_is_refused_by_its_name(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    router = await api.make("router")
    before = await api.dump()

    async def refuse(noun: str, resource: dict[str, Any], kind: str, **said: Any) -> None:
        answer = await api.ask("PUT", f"{collection(noun)}/{resource['id']}", {noun: said}, who="admin")
        assert (answer.status, answer.error["type"]) == (400, kind), answer.body

    pairs = [{"ip_address": f"10.50.1.{number}"} for number in range(11)]
    await refuse("port", port, "AllowedAddressPairExhausted", allowed_address_pairs=pairs)
    await refuse("port", port, "InvalidInput", **{"binding:profile": {"deep": ["x" * 4096]}})
    nameservers = [f"9.9.9.{number}" for number in range(6)]
    await refuse("subnet", subnet, "DNSNameServersExhausted", dns_nameservers=nameservers)
    ways = [{"destination": f"10.60.{number}.0/24", "nexthop": "10.50.0.9"} for number in range(31)]
    await refuse("subnet", subnet, "HostRoutesExhausted", host_routes=ways[:21])
    await refuse("router", router, "RoutesExhausted", routes=ways)
    assert await api.dump() == before


async def test_scopes_that_were_there_before_they_were_counted_are_counted(api: NetworkApi) -> None:
    """What migration 0130 does to a database that has scopes."""
    await api.make("address_scope", name="old")
    migration = "northbound/migrations/0130_northbound_quota_of_address_scopes.sql"
    async with api.database.transaction() as conn:
        await conn.execute("DELETE FROM northbound.quotas WHERE resource = 'address_scope'")
        await conn.execute((ROOT / migration).read_text())
    assert (await api.ask("GET", "/v2.0/quotas/red/details")).body["quota"]["address_scope"]["used"] == 1
