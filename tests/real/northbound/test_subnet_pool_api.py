"""Subnet pools and address scopes over HTTP, and what subnets get from them."""

import asyncio
import ipaddress
from itertools import combinations
from typing import Any

import pytest

from northbound.rbac_policies.kinds import KINDS
from northbound.sharing import store as sharing
from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real


async def a_pool(api: NetworkApi, *prefixes: str, who: str = "alice", **said: Any) -> dict[str, Any]:
    return await api.make("subnetpool", who=who, name="pool", prefixes=list(prefixes or ("10.0.0.0/16",)), **said)


async def cut(api: NetworkApi, pool_id: str | None, *, network_id: str | None = None, **said: Any) -> Answer:
    network_id = network_id or (await api.make("network"))["id"]
    wanted = {"network_id": network_id, "ip_version": 4, "subnetpool_id": pool_id} | said
    return await api.ask("POST", "/v2.0/subnets", {"subnet": wanted})


async def test_subnets_are_cut_from_a_pool_one_beside_the_other(api: NetworkApi) -> None:
    pool = await a_pool(api, default_prefixlen=26, min_prefixlen=20, max_prefixlen=28)
    assert pool["default_prefixlen"] == "26"
    first = (await cut(api, pool["id"])).body["subnet"]
    assert (first["cidr"], first["gateway_ip"], first["subnetpool_id"]) == ("10.0.0.0/26", "10.0.0.1", pool["id"])
    assert (await cut(api, pool["id"], prefixlen=24)).body["subnet"]["cidr"] == "10.0.1.0/24"
    assert (await cut(api, pool["id"], cidr="10.0.0.128/26")).body["subnet"]["cidr"] == "10.0.0.128/26"
    assert (await cut(api, pool["id"])).body["subnet"]["cidr"] == "10.0.0.64/26"
    before = await api.dump()
    refused = await api.ask("DELETE", f"/v2.0/subnetpools/{pool['id']}")
    assert (refused.status, refused.error["type"]) == (409, "SubnetPoolInUse")
    for said, status, kind in (
        ({"prefixlen": 19}, 400, "MinPrefixSubnetAllocationError"),
        ({"prefixlen": 29}, 400, "MaxPrefixSubnetAllocationError"),
        ({"cidr": "10.0.0.0/26"}, 409, "SubnetAllocationError"),
        ({"cidr": "10.1.0.0/26"}, 409, "SubnetAllocationError"),
        ({"cidr": "10.0.9.0/24", "prefixlen": 24}, 400, "InvalidInput"),
        ({"ip_version": 6}, 400, "InvalidInput"),
        ({"subnetpool_id": "prefix_delegation", "ip_version": 6}, 400, "InvalidInput"),
        ({"use_default_subnetpool": True}, 400, "InvalidInput"),
        ({"subnetpool_id": None}, 400, "InvalidInput"),
        ({"subnetpool_id": None, "use_default_subnetpool": True}, 400, "InvalidInput"),
    ):
        answer = await cut(api, pool["id"], network_id=first["network_id"], **said)
        assert (answer.status, answer.error["type"]) == (status, kind), said
    assert await api.dump() == before


async def test_racing_creators_never_get_addresses_twice(api: NetworkApi) -> None:
    pool = await a_pool(api, "10.0.0.0/24", default_prefixlen=28)
    networks = [(await api.make("network"))["id"] for _ in range(20)]
    answers = await asyncio.gather(*(cut(api, pool["id"], network_id=network_id) for network_id in networks))
    cidrs = [ipaddress.ip_network(a.body["subnet"]["cidr"]) for a in answers if a.status == 201]
    assert len(cidrs) == 16
    assert not any(one.overlaps(other) for one, other in combinations(cidrs, 2))
    assert {a.error["type"] for a in answers if a.status != 201} == {"SubnetAllocationError"}


async def test_quota_of_a_pool_is_each_projects_own(api: NetworkApi) -> None:
    pool = await a_pool(api, who="admin", shared=True, default_prefixlen=25, default_quota=200)
    assert (await cut(api, pool["id"])).status == 201
    refused = await cut(api, pool["id"])
    assert (refused.status, refused.error["type"]) == (409, "SubnetPoolQuotaExceeded")
    network = await api.make("network", who="bob")
    await api.make("subnet", who="bob", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"])


async def test_default_pool_serves_who_asks_for_it(api: NetworkApi) -> None:
    pool = await a_pool(api, who="admin", is_default=True, default_prefixlen=24)
    made = await cut(api, None, use_default_subnetpool=True)
    assert (made.status, made.body["subnet"]["subnetpool_id"]) == (201, pool["id"])
    second = {"subnetpool": {"name": "second", "prefixes": ["11.0.0.0/8"], "is_default": True}}
    refused = await api.ask("POST", "/v2.0/subnetpools", second, who="admin")
    assert (refused.status, "is_default" in refused.error["message"]) == (400, True)
    assert (await api.ask("POST", "/v2.0/subnetpools", second)).status == 403
    assert (await api.ask("GET", f"/v2.0/subnetpools/{pool['id']}")).status == 404


async def test_prefixes_come_and_go_but_never_from_under_a_subnet(api: NetworkApi) -> None:
    pool = await a_pool(api, "10.0.0.0/24", default_prefixlen=25)
    path = f"/v2.0/subnetpools/{pool['id']}"
    await cut(api, pool["id"])
    added = await api.ask("PUT", f"{path}/add_prefixes", {"prefixes": ["10.0.1.0/24", "10.9.0.0/24"]})
    assert (added.status, added.body) == (200, {"prefixes": ["10.0.0.0/23", "10.9.0.0/24"]})
    removed = await api.ask("PUT", f"{path}/remove_prefixes", {"prefixes": ["10.0.0.128/25", "10.9.0.0/24"]})
    assert removed.body == {"prefixes": ["10.0.0.0/25", "10.0.1.0/24"]}
    for verb, prefixes in (("remove", ["10.0.0.0/26"]), ("remove", ["0.0.0.0/1"]), ("add", ["fd00::/64"])):
        assert (await api.ask("PUT", f"{path}/{verb}_prefixes", {"prefixes": prefixes})).status == 400
    assert (await api.ask("PUT", f"{path}/add_prefixes", {"prefixes": ["10.7.0.0/24"]}, who="bob")).status == 404
    shown = await api.show("subnetpool", pool["id"])
    assert (shown["prefixes"], shown["revision_number"]) == (["10.0.0.0/25", "10.0.1.0/24"], 3)


async def test_pool_is_never_in_more_pieces_than_it_may_have(api: NetworkApi) -> None:
    pool = await a_pool(api, "fd00::/16")
    scattered = {"prefixes": [f"fd00:{number:x}::1/128" for number in range(256)]}
    refused = await api.ask("PUT", f"/v2.0/subnetpools/{pool['id']}/remove_prefixes", scattered)
    assert (refused.status, "prefixes: a subnet pool has at most" in refused.error["message"]) == (400, True)
    assert (await api.show("subnetpool", pool["id"]))["prefixes"] == ["fd00::/16"]


async def test_pools_of_one_scope_share_no_address(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="scope")
    six = await api.make("address_scope", name="six", ip_version=6)
    first = await a_pool(api, "10.0.0.0/16", address_scope_id=scope["id"])
    other = await a_pool(api, "10.0.0.0/8")
    refused = await api.ask(
        "PUT", f"/v2.0/subnetpools/{other['id']}", {"subnetpool": {"address_scope_id": scope["id"]}}
    )
    assert (refused.status, refused.error["type"]) == (409, "AddressScopePrefixConflict")
    wide = await api.ask("PUT", f"/v2.0/subnetpools/{first['id']}", {"subnetpool": {"address_scope_id": six["id"]}})
    assert (wide.status, "ip_version" in wide.error["message"]) == (400, True)
    refused = await api.ask("DELETE", f"/v2.0/address-scopes/{scope['id']}")
    assert (refused.status, refused.error["type"]) == (409, "AddressScopeInUse")
    made = await asyncio.gather(
        *(
            api.ask(
                "POST",
                "/v2.0/subnetpools",
                {"subnetpool": {"name": "n", "prefixes": ["172.16.0.0/12"], "address_scope_id": scope["id"]}},
            )
            for _ in range(3)
        )
    )
    assert sorted(answer.status for answer in made) == [201, 409, 409]


async def test_network_holds_subnets_of_one_scope_or_pool(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="scope")
    said = {"address_scope_id": scope["id"], "default_prefixlen": 24}
    first, second = await a_pool(api, "10.0.0.0/16", **said), await a_pool(api, "10.1.0.0/16", **said)
    apart = await a_pool(api, "10.2.0.0/16", default_prefixlen=24)
    network = await api.make("network")
    assert (await cut(api, first["id"], network_id=network["id"])).status == 201
    assert (await cut(api, second["id"], network_id=network["id"])).status == 201
    assert (await api.show("network", network["id"]))["ipv4_address_scope"] == scope["id"]
    for pool_id, more in ((apart["id"], {}), (None, {"cidr": "10.7.0.0/24"})):
        refused = await cut(api, pool_id, network_id=network["id"], **more)
        assert (refused.status, refused.error["type"]) == (400, "NetworkAddressScopeAffinityError")
    refused = await api.ask("PUT", f"/v2.0/subnetpools/{first['id']}", {"subnetpool": {"address_scope_id": None}})
    assert (refused.status, refused.error["type"]) == (400, "NetworkAddressScopeAffinityError")
    chosen = await api.make("subnet", network_id=(await api.make("network"))["id"], ip_version=4, cidr="10.50.0.0/24")
    refused = await cut(api, apart["id"], network_id=chosen["network_id"])
    assert (refused.status, refused.error["type"]) == (400, "NetworkSubnetPoolAffinityError")


async def test_port_names_the_address_scopes_of_its_addresses(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="scope")
    pool = await a_pool(api, default_prefixlen=24)
    subnet = (await cut(api, pool["id"])).body["subnet"]
    port = await api.make("port", network_id=subnet["network_id"])

    async def told() -> str:
        (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
        return dict(row["external_ids"][1])["neutron:subnet_pool_addr_scope4"]

    assert await told() == ""
    await api.change("subnetpool", pool["id"], address_scope_id=scope["id"])
    assert await told() == scope["id"]


async def test_subnets_of_a_network_are_brought_into_a_pool(api: NetworkApi) -> None:
    pool = await a_pool(api, "10.0.0.0/24", default_prefixlen=25)
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    path, body = f"/v2.0/subnetpools/{pool['id']}/onboard_network_subnets", {"network_id": network["id"]}
    assert (await api.ask("PUT", path, body, who="bob")).status == 404
    assert (await api.ask("PUT", path, body)).body == {"prefixes": ["10.0.0.0/24", "10.50.0.0/24"]}
    assert (await api.show("subnet", subnet["id"]))["subnetpool_id"] == pool["id"]
    assert (await api.ask("PUT", path, body)).status == 400
    theirs = await api.make("network", who="admin", shared=True)
    assert (await api.ask("PUT", path, {"network_id": theirs["id"]})).status == 403


async def test_pool_in_a_scope_of_others_keeps_its_prefixes(api: NetworkApi) -> None:
    scope = await api.make("address_scope", who="admin", name="all", shared=True)
    pool = await a_pool(api)
    await api.change("subnetpool", pool["id"], who="admin", address_scope_id=scope["id"])
    wider = {"subnetpool": {"prefixes": ["10.0.0.0/15"]}}
    refused = await api.ask("PUT", f"/v2.0/subnetpools/{pool['id']}", wider)
    assert (refused.status, refused.error["type"]) == (400, "IllegalSubnetPoolUpdate")
    assert (await api.ask("PUT", f"/v2.0/subnetpools/{pool['id']}", wider, who="admin")).status == 200


async def test_subnet_is_tied_to_a_segment_of_its_network(api: NetworkApi) -> None:
    places = [{"provider:network_type": "flat", "provider:physical_network": place} for place in ("one", "two")]
    network = await api.make("network", who="admin", segments=places)
    other = await api.make("network", who="admin", segments=[places[0] | {"provider:physical_network": "three"}])
    async with api.database.connection() as conn:
        rows = await conn.fetch("SELECT id::text, network_id::text FROM northbound.segments ORDER BY position")
    own, foreign = (
        [row["id"] for row in rows if row["network_id"] == wanted] for wanted in (network["id"], other["id"])
    )
    said = {"network_id": network["id"], "ip_version": 4}
    first = await api.make("subnet", who="admin", cidr="10.1.0.0/24", segment_id=own[0], **said)
    assert first["segment_id"] == own[0]
    assert not (await api.show("network", network["id"], who="admin"))["l2_adjacency"]
    for segment_id, kind in ((None, "SubnetsNotAllAssociatedWithSegments"), (foreign[0], "NetworkIdsDontMatch")):
        body = {"subnet": said | {"cidr": "10.2.0.0/24", "segment_id": segment_id}}
        refused = await api.ask("POST", "/v2.0/subnets", body, who="admin")
        assert (refused.status, refused.error["type"]) == (400, kind)
    later = await api.make("subnet", who="admin", network_id=other["id"], ip_version=4, cidr="10.3.0.0/24")
    assert (await api.change("subnet", later["id"], who="admin", segment_id=foreign[0]))["segment_id"] == foreign[0]
    refused = await api.ask("PUT", f"/v2.0/subnets/{later['id']}", {"subnet": {"segment_id": None}}, who="admin")
    assert refused.status == 400
    refused = await api.ask("POST", "/v2.0/subnets", {"subnet": said | {"cidr": "10.2.0.0/24", "segment_id": own[1]}})
    assert refused.status == 404


async def test_gateway_may_stand_outside_its_subnet(api: NetworkApi) -> None:
    network = await api.make("network")
    said = {"network_id": network["id"], "ip_version": 4, "cidr": "10.50.0.0/24"}
    subnet = await api.make("subnet", gateway_ip="10.51.0.1", **said)
    assert subnet["allocation_pools"] == [{"start": "10.50.0.1", "end": "10.50.0.254"}]
    for gateway in ("10.50.0.0", "10.50.0.255", "224.0.0.1", "0.0.0.0", "fe80::1"):
        answer = await api.ask("PUT", f"/v2.0/subnets/{subnet['id']}", {"subnet": {"gateway_ip": gateway}})
        assert (answer.status, "gateway_ip" in answer.error["message"]) == (400, True)


async def test_pool_is_shared_with_who_may_use_its_scope(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="scope")
    pool = await a_pool(api, address_scope_id=scope["id"], default_prefixlen=24)
    grant = {"object_type": "subnetpool", "object_id": pool["id"], "action": "access_as_shared"}
    refused = await api.ask("POST", "/v2.0/rbac-policies", {"rbac_policy": grant | {"target_tenant": "blue"}})
    assert (refused.status, "target_tenant" in refused.error["message"]) == (400, True)
    of_scope = {"object_type": "address_scope", "object_id": scope["id"], "action": "access_as_shared"}
    for wanted in (of_scope, grant):
        answer = await api.ask("POST", "/v2.0/rbac-policies", {"rbac_policy": wanted | {"target_tenant": "blue"}})
        assert answer.status == 201
    network = await api.make("network", who="bob")
    await api.make("subnet", who="bob", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"])
    refused = await api.ask("DELETE", f"/v2.0/rbac-policies/{answer.body['rbac_policy']['id']}")
    assert (refused.status, refused.error["type"]) == (409, "RbacPolicyInUse")


async def test_pool_moves_only_to_a_scope_of_whom_it_is_shared_with(api: NetworkApi) -> None:
    """A grant on the scope that the pool's guests need stays as long as they do."""
    pool, scope = await a_pool(api), await api.make("address_scope", name="scope")
    await _share(api, "subnetpool", pool["id"])
    moved = {"subnetpool": {"address_scope_id": scope["id"]}}
    refused = await api.ask("PUT", f"/v2.0/subnetpools/{pool['id']}", moved)
    assert (refused.status, refused.error["type"]) == (400, "IllegalSubnetPoolAssociationToAddressScope")
    assert "blue" in refused.error["message"]
    granted = await _share(api, "address_scope", scope["id"])
    assert (await api.ask("PUT", f"/v2.0/subnetpools/{pool['id']}", moved)).status == 200
    kept = await api.ask("DELETE", f"/v2.0/rbac-policies/{granted['id']}")
    assert (kept.status, kept.error["type"]) == (409, "RbacPolicyInUse")
    await api.change("subnetpool", pool["id"], address_scope_id=None)
    assert (await api.ask("DELETE", f"/v2.0/rbac-policies/{granted['id']}")).status == 204


async def test_threat_p14_pool_is_not_shared_while_its_scope_is_withdrawn(api: NetworkApi) -> None:
    scope = await api.make("address_scope", name="scope")
    pool = await a_pool(api, address_scope_id=scope["id"])
    granted = await _share(api, "address_scope", scope["id"])
    async with api.database.transaction() as conn:
        await sharing.lock_object(conn, KINDS["address_scope"], scope["id"], None)
        await conn.execute("DELETE FROM northbound.rbac_policies WHERE id = $1", granted["id"])
        asking = asyncio.create_task(api.ask("POST", "/v2.0/rbac-policies", _grant("subnetpool", pool["id"])))
        await until_somebody_waits(conn)
    assert (await asking).status == 400


def _grant(kind: str, object_id: str) -> dict[str, Any]:
    said = {"object_type": kind, "object_id": object_id, "action": "access_as_shared", "target_tenant": "blue"}
    return {"rbac_policy": said}


async def _share(api: NetworkApi, kind: str, object_id: str) -> dict[str, Any]:
    """The grant of the object to bob's project."""
    answer = await api.ask("POST", "/v2.0/rbac-policies", _grant(kind, object_id))
    assert answer.status == 201, answer.body
    return answer.body["rbac_policy"]
