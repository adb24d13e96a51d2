"""What is refused, with which status and words, and that it leaves no trace."""

import asyncio
from typing import Any

import pytest

from tests.real.northbound.api import NetworkApi
from tests.real.northbound.balancing.api import Balancing, Ground, a_tree

pytestmark = pytest.mark.real
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def made(balancing: Balancing, ground: Ground) -> dict[str, Any]:
    """Alice's load balancer with a listener, a pool of one member, and a health monitor."""
    whole = await balancing.make("loadbalancers", **a_tree(ground.subnet["id"], "10.50.0.77"))
    pool = whole["pools"][0]["id"]
    await balancing.make("healthmonitors", pool_id=pool, type="TCP", delay=5, timeout=3, max_retries=2)
    return (await balancing.ask("GET", f"loadbalancers/{whole['id']}")).body["loadbalancer"] | {
        "pool": pool,
        "listener": whole["listeners"][0]["id"],
        "member": whole["pools"][0]["members"][0]["id"],
        "monitor": (await balancing.show(f"pools/{pool}"))["healthmonitor_id"],
    }


BAD = [
    ("loadbalancers", {"loadbalancer": {}}, 400, "vip"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "x"}}, 400, "vip_subnet_id"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "vip_address": "10.99.0.1"}}, 400, "10.99.0.1"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "vip_address": "10.50.0.1"}}, 409, "10.50.0.1"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "colour": "red"}}, 400, "colour"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "project_id": "blue"}}, 403, "project_id"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "provider": "amphora"}}, 400, "amphora"),
    ("loadbalancers", {"loadbalancer": {"vip_subnet_id": "SUBNET", "flavor_id": NOWHERE}}, 501, "flavor_id"),
    ("loadbalancers", {"loadbalancer": {"vip_network_id": "NETWORK", "vip_subnet_id": "OTHER"}}, 400, "vip_subnet_id"),
    (
        "loadbalancers",
        {"loadbalancer": {"vip_subnet_id": "SUBNET", "additional_vips": [{"subnet_id": "OTHER"}]}},
        400,
        "same network",
    ),
    (
        "loadbalancers",
        {
            "loadbalancer": a_tree(
                "SUBNET", "10.50.0.77", pools=[{"protocol": "HTTP", "lb_algorithm": "SOURCE_IP_PORT"}]
            )
        },
        501,
        "protocol",
    ),
    ("listeners", {"listener": {"loadbalancer_id": "LB", "protocol": "TCP", "protocol_port": 80}}, 409, "80"),
    ("listeners", {"listener": {"loadbalancer_id": "LB", "protocol": "TCP", "protocol_port": 0}}, 400, "protocol_port"),
    ("listeners", {"listener": {"loadbalancer_id": "LB", "protocol": "HTTP", "protocol_port": 81}}, 501, "HTTP"),
    (
        "listeners",
        {"listener": {"loadbalancer_id": "LB", "protocol": "UDP", "protocol_port": 81, "default_pool_id": "POOL"}},
        400,
        "protocol",
    ),
    (
        "pools",
        {"pool": {"loadbalancer_id": "LB", "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN"}},
        501,
        "ROUND_ROBIN",
    ),
    ("pools", {"pool": {"protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT"}}, 400, "loadbalancer_id"),
    ("pools", {"pool": {"listener_id": "LISTENER", "protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT"}}, 409, "pool"),
    ("pools/POOL/members", {"member": {"address": "10.50.0.77", "protocol_port": 8080}}, 409, "10.50.0.77"),
    ("pools/POOL/members", {"member": {"address": "10.50.0.78", "protocol_port": 80, "weight": 5}}, 501, "weight"),
    ("pools/POOL/members", {"member": {"address": "fd00::7", "protocol_port": 80}}, 501, "IPv6"),
    ("healthmonitors", {"healthmonitor": {"pool_id": "POOL", "type": "TCP"}}, 400, "delay"),
    (
        "healthmonitors",
        {"healthmonitor": {"pool_id": "POOL", "type": "TCP", "delay": 5, "timeout": 3, "max_retries": 2}},
        409,
        "health monitor",
    ),
    ("flavors", {"flavor": {"name": "large"}}, 501, "alike"),
    ("l7policies", {"l7policy": {}}, 501, "layer 4"),
]


async def test_bad_requests_name_what_is_wrong_and_change_nothing(
    api: NetworkApi, balancing: Balancing, ground: Ground, made: dict[str, Any]
) -> None:
    other = await api.make("network")
    subnet = await api.make("subnet", network_id=other["id"], ip_version=4, cidr="10.70.0.0/24")
    ids = {"LB": made["id"], "POOL": made["pool"], "LISTENER": made["listener"], "SUBNET": ground.subnet["id"]}
    ids |= {"OTHER": subnet["id"], "NETWORK": ground.network["id"]}
    before = await api.dump()
    for path, body, status, words in BAD:
        answer = await balancing.ask("POST", _with(path, ids), _with(body, ids))
        assert (answer.status, words in answer.fault) == (status, True), (path, body, answer.body)
        assert answer.body["faultcode"] == ("Client" if status < 500 else "Server")
    assert await api.dump() == before


def _with(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_with(item, ids) for item in value]
    if isinstance(value, str):
        return "/".join(ids.get(part, part) for part in value.split("/"))
    return value


async def test_statistics_and_failover_are_refused_with_the_reason(balancing: Balancing, made: dict[str, Any]) -> None:
    for method, path in (
        ("GET", f"loadbalancers/{made['id']}/stats"),
        ("GET", f"listeners/{made['listener']}/stats"),
        ("PUT", f"loadbalancers/{made['id']}/failover"),
    ):
        answer = await balancing.ask(method, path)
        assert (answer.status, "OVN" in answer.fault) == (501, True)


async def test_threat_p3_nothing_of_another_project_is_there_by_any_path(
    balancing: Balancing, made: dict[str, Any]
) -> None:
    paths = [
        *(f"loadbalancers/{made['id']}{tail}" for tail in ("", "/status", "/stats", "/failover")),
        *(f"listeners/{made['listener']}{tail}" for tail in ("", "/stats")),
        f"pools/{made['pool']}",
        f"pools/{made['pool']}/members",
        f"pools/{made['pool']}/members/{made['member']}",
        f"healthmonitors/{made['monitor']}",
    ]
    bodies = {"loadbalancers": "loadbalancer", "listeners": "listener", "healthmonitors": "healthmonitor"}
    for path in paths:
        body: dict[str, Any] = {bodies.get(path.split("/")[0], "pool"): {"name": "mine"}}
        if "/members" in path:
            body = {"member": {"name": "mine"}} if path.endswith(made["member"]) else {"members": []}
        for method in ("GET", "PUT", "DELETE"):
            answer = await balancing.ask(method, path, body if method == "PUT" else None, who="bob")
            assert answer.status in (404, 405), (method, path, answer.status)
    for path in ("loadbalancers", "listeners", "pools", "healthmonitors"):
        assert await balancing.show(path, who="bob") == []


async def test_threat_p3_member_is_found_below_its_own_pool_only(balancing: Balancing, made: dict[str, Any]) -> None:
    other = await balancing.make(
        "pools", loadbalancer_id=made["id"], protocol="TCP", lb_algorithm="SOURCE_IP_PORT", name="other"
    )
    path = f"pools/{other['id']}/members/{made['member']}"
    for method, body in (("GET", None), ("PUT", {"member": {"name": "x"}}), ("DELETE", None)):
        assert (await balancing.ask(method, path, body)).status == 404
    await balancing.show(f"pools/{made['pool']}/members/{made['member']}")


async def test_threat_p10_ids_of_others_are_answered_like_ids_of_nothing(
    api: NetworkApi, balancing: Balancing, ground: Ground, made: dict[str, Any]
) -> None:
    port = await api.make("port", network_id=ground.network["id"])
    network = await api.make("network", who="bob")
    subnet = await api.make("subnet", who="bob", network_id=network["id"], ip_version=4, cidr="10.90.0.0/24")
    theirs = await balancing.make("loadbalancers", who="bob", vip_subnet_id=subnet["id"])
    pool = {"protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT"}
    own_pool = await balancing.make("pools", who="bob", loadbalancer_id=theirs["id"], **pool)
    monitor = {"type": "TCP", "delay": 5, "timeout": 3, "max_retries": 2}
    listener = {"protocol": "TCP", "protocol_port": 80}
    asked: list[tuple[str, str, dict[str, Any], str]] = [
        ("loadbalancers", "vip_subnet_id", {}, ground.subnet["id"]),
        ("loadbalancers", "vip_network_id", {}, ground.network["id"]),
        ("loadbalancers", "vip_port_id", {}, port["id"]),
        ("listeners", "loadbalancer_id", listener, made["id"]),
        ("listeners", "default_pool_id", {**listener, "loadbalancer_id": theirs["id"]}, made["pool"]),
        ("pools", "loadbalancer_id", pool, made["id"]),
        ("pools", "listener_id", pool, made["listener"]),
        ("healthmonitors", "pool_id", monitor, made["pool"]),
        (
            f"pools/{own_pool['id']}/members",
            "subnet_id",
            {"address": "10.90.0.7", "protocol_port": 80},
            ground.subnet["id"],
        ),
    ]
    before = await api.dump()
    for path, attribute, said, foreign in asked:
        noun = path.split("/")[-1].removesuffix("s")
        answers = [
            await balancing.ask("POST", path, {noun: {**said, attribute: one}}, who="bob") for one in (foreign, NOWHERE)
        ]
        assert answers[0].status in (400, 404), (path, attribute, answers[0].body)
        assert answers[0].status == answers[1].status
        assert answers[0].fault.replace(foreign, "ID") == answers[1].fault.replace(NOWHERE, "ID")
    assert await api.dump() == before


async def test_threat_p10_switch_of_others_never_balances_for_a_stranger(api: NetworkApi, balancing: Balancing) -> None:
    """Bob puts a router of his own into Alice's shared network beside a network with whatever addresses he likes: what
    her guests send to such an address must not come to him."""
    shared = await api.make("network", who="admin", shared=True)
    subnet = await api.make("subnet", who="admin", network_id=shared["id"], ip_version=4, cidr="10.60.0.0/24")
    network = await api.make("network", who="bob")
    claimed = await api.make("subnet", who="bob", network_id=network["id"], ip_version=4, cidr="198.51.100.0/24")
    router = await api.make("router", who="bob")
    port = await api.make("port", who="bob", network_id=shared["id"], fixed_ips=[{"subnet_id": subnet["id"]}])
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    for said in ({"subnet_id": claimed["id"]}, {"port_id": port["id"]}):
        assert (await api.ask("PUT", path, said, who="bob")).status == 200
    await balancing.make("loadbalancers", who="bob", **a_tree(claimed["id"], "10.60.0.9", vip_address="198.51.100.7"))
    rows = {row["name"]: row["load_balancer"] for row in await api.ovn.northbound.rows("Logical_Switch")}
    assert rows[f"neutron-{network['id']}"][0] == "uuid"
    assert rows[f"neutron-{shared['id']}"] == ["set", []]


async def test_address_on_a_shared_network_is_chosen_by_its_owner_alone(api: NetworkApi, balancing: Balancing) -> None:
    shared = await api.make("network", who="admin", shared=True)
    subnet = await api.make("subnet", who="admin", network_id=shared["id"], ip_version=4, cidr="10.60.0.0/24")
    said = {"loadbalancer": {"vip_subnet_id": subnet["id"], "vip_address": "10.60.0.9"}}
    assert (await balancing.ask("POST", "loadbalancers", said, who="bob")).status == 403
    await balancing.make("loadbalancers", who="bob", vip_subnet_id=subnet["id"])


async def test_threat_q1_quota_holds_against_a_crowd(api: NetworkApi, balancing: Balancing, ground: Ground) -> None:
    made = await balancing.make("loadbalancers", vip_subnet_id=ground.subnet["id"])
    limits = {"quota": {"load_balancer": 2, "listener": 1}}
    assert (await balancing.ask("PUT", "quotas/red", limits, who="admin")).status == 202
    said = {"loadbalancer": {"vip_subnet_id": ground.subnet["id"]}}
    answers = await asyncio.gather(*(balancing.ask("POST", "loadbalancers", said) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [201] + [403] * 19
    assert "Load Balancer" in next(answer.fault for answer in answers if answer.status == 403)
    listeners = [
        {"listener": {"loadbalancer_id": made["id"], "protocol": "TCP", "protocol_port": port}} for port in range(1, 11)
    ]
    answers = await asyncio.gather(*(balancing.ask("POST", "listeners", body) for body in listeners))
    assert sorted(answer.status for answer in answers) == [201] + [403] * 9
    async with api.database.connection() as conn:
        counted = await conn.fetchval("SELECT count(*) FROM northbound.load_balancers WHERE project_id = 'red'")
        used = await conn.fetchval(
            "SELECT used FROM northbound.quotas WHERE project_id = 'red' AND resource = 'load_balancer'"
        )
    assert (counted, used) == (2, 2)


async def test_quotas_are_the_administrators_and_reset_alone(balancing: Balancing, api: NetworkApi) -> None:
    assert (await balancing.ask("PUT", "quotas/red", {"quota": {"pool": 3}})).status == 403
    assert (await balancing.ask("GET", "quotas/blue")).status == 403
    changed = await balancing.ask("PUT", "quotas/red", {"quota": {"pool": 3, "healthmonitor": 4}}, who="admin")
    assert (changed.body["quota"]["pool"], changed.body["quota"]["health_monitor"]) == (3, 4)
    await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"network": 7}}, who="admin")
    assert [one["project_id"] for one in await balancing.show("quotas", who="admin")] == ["red"]
    assert (await balancing.ask("DELETE", "quotas/red", who="admin")).status == 204
    assert await balancing.show("quotas/red") == await balancing.show("quotas/defaults")
    assert (await api.ask("GET", "/v2.0/quotas/red")).body["quota"]["network"] == 7


async def test_what_carries_a_load_balancer_cannot_be_taken_away(
    api: NetworkApi, balancing: Balancing, ground: Ground, made: dict[str, Any]
) -> None:
    refused = await api.ask("DELETE", f"/v2.0/ports/{made['vip_port_id']}")
    assert (refused.status, refused.error["type"]) == (409, "PortInUse")
    move = {"port": {"fixed_ips": [{"subnet_id": ground.subnet["id"], "ip_address": "10.50.0.200"}]}}
    assert (await api.ask("PUT", f"/v2.0/ports/{made['vip_port_id']}", move)).status == 409
    other = await api.make("network")
    subnet = await api.make("subnet", network_id=other["id"], ip_version=4, cidr="10.70.0.0/24", enable_dhcp=False)
    path = f"pools/{made['pool']}/members"
    member = await balancing.make(path, address="10.70.0.9", protocol_port=80, subnet_id=subnet["id"])
    assert (await api.ask("DELETE", f"/v2.0/subnets/{subnet['id']}")).status == 409
    await balancing.remove(f"{path}/{member['id']}")
    await api.remove("subnet", subnet["id"])


async def test_port_of_the_tenant_holds_a_vip_and_is_given_back(
    api: NetworkApi, balancing: Balancing, ground: Ground
) -> None:
    port = await api.make("port", network_id=ground.network["id"], name="mine")
    made = await balancing.make("loadbalancers", vip_port_id=port["id"])
    assert (made["vip_address"], made["vip_port_id"]) == (port["fixed_ips"][0]["ip_address"], port["id"])
    again = await balancing.ask("POST", "loadbalancers", {"loadbalancer": {"vip_port_id": port["id"]}})
    assert (again.status, port["id"] in again.fault) == (409, True)
    await balancing.remove(f"loadbalancers/{made['id']}")
    kept = await api.show("port", port["id"])
    assert (kept["device_id"], kept["name"]) == ("", "mine")


async def test_dry_run_tells_the_rows_and_makes_none(api: NetworkApi, balancing: Balancing, ground: Ground) -> None:
    before = await api.dump()
    body = {"loadbalancer": a_tree(ground.subnet["id"], "10.50.0.77")}
    answer = await balancing.ask("POST", "loadbalancers?dry_run=true", body)
    assert (answer.status, answer.body["dry_run"]["status"]) == (200, 201)
    assert "Load_Balancer" in answer.body["dry_run"]["northbound"]["tables"]
    counted = {entry["resource"]: entry["used_after"] for entry in answer.body["dry_run"]["quota"]}
    assert (counted["load_balancer"], counted["member"]) == (1, 1)
    assert await api.dump() == before


async def test_ovn_being_away_is_shown_and_healed(
    api: NetworkApi, balancing: Balancing, ground: Ground, made: dict[str, Any]
) -> None:
    await api.ovn.northbound.stop()
    try:
        answer = await balancing.ask("POST", "loadbalancers", {"loadbalancer": {"vip_subnet_id": ground.subnet["id"]}})
        late = answer.body["loadbalancer"]
        assert (answer.status, late["provisioning_status"]) == (201, "PENDING_CREATE")
        changed = await balancing.ask("PUT", f"listeners/{made['listener']}", {"listener": {"name": "late"}})
        assert changed.body["listener"]["provisioning_status"] == "PENDING_UPDATE"
        assert (await balancing.show(f"loadbalancers/{made['id']}"))["provisioning_status"] == "PENDING_UPDATE"
        assert (await balancing.show(f"pools/{made['pool']}"))["provisioning_status"] == "ACTIVE"
        pending = await balancing.show("loadbalancers?provisioning_status=PENDING_CREATE")
        assert [one["id"] for one in pending] == [late["id"]]
        for method, path, body in (
            ("PUT", f"loadbalancers/{late['id']}", {"loadbalancer": {"name": "x"}}),
            ("DELETE", f"loadbalancers/{late['id']}", None),
            ("DELETE", f"listeners/{made['listener']}", None),
        ):
            refused = await balancing.ask(method, path, body)
            assert (refused.status, "immutable" in refused.fault) == (409, True)
    finally:
        await api.ovn.northbound.start()
    async with asyncio.timeout(20):
        while (await balancing.show(f"loadbalancers/{late['id']}"))["provisioning_status"] != "ACTIVE":
            await asyncio.sleep(0.05)
    await balancing.remove(f"loadbalancers/{late['id']}")


async def test_threat_p6_member_is_where_its_owner_may_put_ports(
    api: NetworkApi, balancing: Balancing, made: dict[str, Any]
) -> None:
    """Seeing a subnet is not using it: an external network is seen by all, a shared one is used while it is shared."""
    outside = await api.make("network", who="admin", **{"router:external": True})
    seen = await api.make("subnet", who="admin", network_id=outside["id"], ip_version=4, cidr="150.25.12.0/24")
    member = {"address": "150.25.12.9", "protocol_port": 80, "subnet_id": seen["id"]}
    refused = await balancing.ask("POST", f"pools/{made['pool']}/members", {"member": member})
    assert refused.status == 403

    shared = await api.make("network", who="admin", shared=True)
    used = await api.make("subnet", who="admin", network_id=shared["id"], ip_version=4, cidr="10.60.0.0/24")
    member = {"address": "10.60.0.9", "protocol_port": 80, "subnet_id": used["id"]}
    await balancing.make(f"pools/{made['pool']}/members", **member)
    path = f"/v2.0/networks/{shared['id']}"
    withdrawn = await api.ask("PUT", path, {"network": {"shared": False}}, who="admin")
    assert withdrawn.status == 409
