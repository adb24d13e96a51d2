"""A dry run of every write: what it says is what the write then does, and until then nothing has changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from deploy.lab.daemons.waiting import until
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.harness import contents

pytestmark = pytest.mark.real

OBSERVED = {"agents", "agents_target", "chassis", "dns_safety", "leadership"}
"""Tables that say what was seen elsewhere, whenever it is."""
Contents = Mapping[str, Mapping[str, Any]]


class Step(NamedTuple):
    """One write; `{name}` in the path and body is the id that the step `keep` of that name left."""

    method: str
    path: str
    body: Any = None
    keep: str = ""


PROVIDER = {"provider:network_type": "flat", "provider:physical_network": "physical1", "router:external": True}
STEPS = (
    Step("POST", "networks", {"network": {"name": "out", **PROVIDER}}, "outside"),
    Step("POST", "subnets", {"subnet": {"network_id": "{outside}", "cidr": "150.25.12.0/24", "ip_version": 4}}, "outer"),
    Step("POST", "networks", {"networks": [{"name": "first"}, {"name": "second"}]}, "network"),
    Step("POST", "subnets", {"subnet": {"network_id": "{network}", "cidr": "10.50.0.0/24", "ip_version": 4}}, "subnet"),
    Step("POST", "routers", {"router": {"name": "r"}}, "router"),
    Step("PUT", "routers/{router}/add_router_interface", {"subnet_id": "{subnet}"}),
    Step("PUT", "routers/{router}", {"router": {"external_gateway_info": {"network_id": "{outside}"}}}),
    Step("PUT", "routers/{router}/add_extraroutes", {"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.50.0.9"}]}}),
    Step("POST", "security-groups", {"security_group": {"name": "web"}}, "group"),
    Step("POST", "security-group-rules", {"security_group_rule": {"security_group_id": "{group}", "direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22}}, "rule"),
    Step("POST", "ports", {"port": {"network_id": "{network}", "security_groups": ["{group}"]}}, "port"),
    Step("POST", "floatingips", {"floatingip": {"floating_network_id": "{outside}"}}, "floatingip"),
    Step("PUT", "floatingips/{floatingip}", {"floatingip": {"port_id": "{port}"}}),
    Step("PUT", "networks/{network}", {"network": {"name": "renamed", "mtu": 1300}}),
    Step("PUT", "subnets/{subnet}", {"subnet": {"dns_nameservers": ["9.9.9.9"]}}),
    Step("PUT", "ports/{port}", {"port": {"admin_state_up": False, "security_groups": []}}),
    Step("PUT", "security-groups/{group}", {"security_group": {"stateful": False}}),
    Step("PUT", "security-group-rules/{rule}", {"security_group_rule": {"description": "ssh"}}),
    Step("PUT", "quotas/red", {"quota": {"port": 7}}),
    Step("DELETE", "quotas/red"),
    Step("PUT", "ports/{port}/tags", {"tags": ["a"]}),
    Step("POST", "ports/{port}/tags", {"tags": ["b"]}),
    Step("PUT", "ports/{port}/tags/c"),
    Step("DELETE", "ports/{port}/tags/b"),
    Step("DELETE", "ports/{port}/tags"),
    Step("DELETE", "floatingips/{floatingip}"),
    Step("DELETE", "ports/{port}"),
    Step("DELETE", "security-group-rules/{rule}"),
    Step("DELETE", "security-groups/{group}"),
    Step("PUT", "routers/{router}/remove_extraroutes", {"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.50.0.9"}]}}),
    Step("PUT", "routers/{router}", {"router": {"external_gateway_info": {}}}),
    Step("PUT", "routers/{router}/remove_router_interface", {"subnet_id": "{subnet}"}),
    Step("DELETE", "routers/{router}"),
    Step("DELETE", "subnets/{subnet}"),
    Step("DELETE", "networks/{network}"),
)  # fmt: skip


async def everything(api: NetworkApi) -> Any:
    """Every table of the package and everything in OVN, once nothing is under way, of earlier tests neither."""

    async def is_quiet() -> bool:
        async with api.database.connection() as conn:
            marks = await conn.fetchval("SELECT count(*) FROM northbound.dirty")
            networks = await conn.fetchval("SELECT count(*) FROM northbound.networks")
        return marks == 0 and len(await api.ovn.northbound.rows("Logical_Switch")) == networks

    await until(is_quiet, 10)
    async with api.database.snapshot() as conn:
        tables = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'northbound'")
        rows = {
            name: sorted(map(repr, await conn.fetch(f"SELECT to_jsonb(t) - 'status' FROM northbound.{name} t")))
            for (name,) in tables
            if name not in OBSERVED
        }
    return rows, await contents(api.ovn)


def filled(said: Any, kept: Mapping[str, str]) -> Any:
    if isinstance(said, str):
        return said.format_map(kept)
    if isinstance(said, list):
        return [filled(item, kept) for item in said]
    if isinstance(said, dict):
        return {key: filled(item, kept) for key, item in said.items()}
    return said


def fates(before: Contents, after: Contents) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """By table the UUIDs of rows that were inserted, changed and deleted."""
    found = {}
    for table in before:
        old, new = before[table], after[table]
        changed = sorted(uuid for uuid in old.keys() & new.keys() if old[uuid] != new[uuid])
        fate = (sorted(new.keys() - old.keys()), changed, sorted(old.keys() - new.keys()))
        if any(fate):
            found[table] = fate
    return found


def predicted(dry_run: Mapping[str, Any]) -> dict[str, tuple[list[str], list[str], list[str]]]:
    return {
        table: tuple(sorted(row["uuid"] for row in rows[fate]) for fate in ("inserted", "changed", "deleted"))
        for table, rows in dry_run["northbound"]["tables"].items()
    }


def sizes(found: Mapping[str, tuple[list[str], ...]]) -> dict[str, list[int]]:
    return {table: [len(uuids) for uuids in fate] for table, fate in found.items()}


async def test_dry_run_of_every_write_changes_nothing_and_says_what_the_write_does(api: NetworkApi) -> None:
    kept: dict[str, str] = {}
    before = await everything(api)
    for step in STEPS:
        path, body = f"/v2.0/{filled(step.path, kept)}", filled(step.body, kept)
        tried = await api.ask(step.method, f"{path}?dry_run=true", body, who="admin")
        assert tried.status == 200, (step, tried.body)
        assert await everything(api) == before, step

        done = await api.ask(step.method, path, body, who="admin")
        dry_run = tried.body.pop("dry_run")
        assert done.status == dry_run["status"], (step, done.body)
        assert not dry_run["northbound"]["refused"], step
        assert (done.body or {}).keys() == tried.body.keys(), step
        after = await everything(api)
        actual, said = fates(before[1], after[1]), predicted(dry_run)
        assert sizes(said) == sizes(actual), step
        if step.method != "POST":
            assert said.keys() == actual.keys(), step
        before = after
        if step.keep:
            (made,) = done.body.values()
            kept[step.keep] = (made[0] if isinstance(made, list) else made)["id"]


async def preview(api: NetworkApi, method: str, path: str, body: Any = None, *, who: str = "alice") -> dict[str, Any]:
    answer = await api.ask(method, path, body, who=who, X_Meridian_Dry_Run="true")
    assert answer.status == 200, answer.body
    return answer.body["dry_run"]


def texts(dry_run: Mapping[str, Any], effect: str) -> list[str]:
    return [fact["text"] for fact in dry_run["reachability"] if fact["effect"] == effect]


async def test_a_rule_says_which_ports_would_accept_what(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], cidr="10.50.0.0/24", ip_version=4)
    group = await api.make("security_group", name="web")
    port = await api.make("port", network_id=network["id"], security_groups=[group["id"]])
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    rule |= {"port_range_min": 80, "port_range_max": 90, "remote_ip_prefix": "192.0.2.0/24"}
    dry_run = await preview(api, "POST", "/v2.0/security-group-rules", {"security_group_rule": rule})
    (fact,) = dry_run["reachability"]
    assert (fact["effect"], fact["kind"], fact["remote"], fact["ports"]) == (
        *("gained", "permit", "192.0.2.0/24", port["id"]),
    )
    assert fact["text"] == (f"the 1 port of security group {group['id']} accept IPv4 tcp ports 80-90 from 192.0.2.0/24")
    assert dry_run["quota"] == [
        {
            "project_id": "red",
            "resource": "security_group_rule",
            "limit": 100,
            "used_before": 6,
            "used_after": 7,
        }
    ]


async def test_an_interface_says_that_its_subnet_would_be_routed(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="10.50.0.0/24", ip_version=4)
    router = await api.make("router", name="r")
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    dry_run = await preview(api, "PUT", path, {"subnet_id": subnet["id"]})
    routed = f"10.50.0.0/24 of network {network['id']} is routed by router {router['id']}"
    assert routed in texts(dry_run, "gained")
    await api.ask("PUT", path, {"subnet_id": subnet["id"]})
    path = f"/v2.0/routers/{router['id']}/remove_router_interface"
    assert routed in texts(await preview(api, "PUT", path, {"subnet_id": subnet["id"]}), "lost")


async def test_a_tenant_sees_its_own_rows_and_a_number_of_the_others(api: NetworkApi) -> None:
    """Where the cloud's wires and hosts are, and what others have on a shared network, is not for tenants."""
    outside = await api.make("network", who="admin", name="out", shared=True, **PROVIDER)
    await api.make("subnet", who="admin", network_id=outside["id"], cidr="150.25.12.0/24", ip_version=4)
    shared = await api.make("network", who="admin", name="shared", shared=True)
    await api.make("subnet", who="admin", network_id=shared["id"], cidr="10.50.0.0/24", ip_version=4)
    router = await api.make("router", name="r")
    body = {"router": {"external_gateway_info": {"network_id": outside["id"]}}}
    path = f"/v2.0/routers/{router['id']}"
    whole = (await preview(api, "PUT", path, body, who="admin"))["northbound"]
    seen = (await preview(api, "PUT", path, body))["northbound"]
    owners = {row["owner"] for fates in seen["tables"].values() for rows in fates.values() for row in rows}
    assert owners == {f"router/{router['id']}"}
    count = sum(len(rows) for fates in seen["tables"].values() for rows in fates.values())
    of_all = sum(len(rows) for fates in whole["tables"].values() for rows in fates.values())
    assert (whole["hidden_rows"], seen["hidden_rows"]) == (0, of_all - count)
    assert seen["hidden_rows"] > 0

    network = await api.ask("POST", "/v2.0/networks?dry_run=true", {"network": {"name": "mine"}})
    assert "neutron:provnet" not in str(network.body)


async def test_a_dry_run_is_refused_as_the_write_would_be(api: NetworkApi) -> None:
    before = await everything(api)
    for who, body, status in (
        ("alice", {"network": {"name": 7}}, 400),
        ("reader", {"network": {"name": "n"}}, 403),
        ("alice", {"network": {"name": "n", "shared": True}}, 403),
    ):
        answer = await api.ask("POST", "/v2.0/networks?dry_run=true", body, who=who)
        assert (answer.status, "dry_run" in answer.body) == (status, False)
    assert (await api.ask("PUT", "/v2.0/quotas/red", {"quota": {"network": 0}}, who="admin")).status == 200
    answer = await api.ask("POST", "/v2.0/networks?dry_run=1", {"network": {"name": "n"}})
    assert (answer.status, answer.error["type"]) == (409, "OverQuota")
    assert (await api.ask("DELETE", "/v2.0/quotas/red", who="admin")).status == 204
    rows, northbound = await everything(api)
    assert northbound == before[1]
    assert rows["networks"] == before[0]["networks"]


async def test_a_dry_run_that_is_not_clearly_one_is_refused_and_not_done(api: NetworkApi) -> None:
    before = await everything(api)
    answer = await api.ask("POST", "/v2.0/networks?dry_run=maybe", {"network": {"name": "n"}})
    assert answer.status == 400
    assert "dry_run" in answer.error["message"]
    assert await everything(api) == before


async def test_a_stale_dry_run_says_so(api: NetworkApi) -> None:
    network = await api.make("network")
    path = f"/v2.0/networks/{network['id']}?dry_run=true"
    assert (await api.ask("DELETE", path, If_Match="revision_number=999")).status == 412
    assert (await api.ask("DELETE", path, If_Match=f"revision_number={network['revision_number']}")).status == 200
    await api.show("network", network["id"])


async def test_without_ovn_a_dry_run_says_that_it_cannot_know(api: NetworkApi) -> None:
    await api.make("network")
    before = await everything(api)
    await api.ovn.northbound.stop()
    try:
        answer = await api.ask("POST", "/v2.0/networks?dry_run=true", {"network": {"name": "n"}})
        assert answer.status == 503
        assert "northbound database" in answer.error["message"]
    finally:
        await api.ovn.northbound.start()
    assert (await everything(api))[0] == before[0]
