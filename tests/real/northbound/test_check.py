"""Each invariant of a plan, broken one at a time in an otherwise sound plan; and what that costs."""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from northbound.balancing.plan import plan_load_balancer
from northbound.floating_ips.plan import FloatingIpView, plan_floating_ip
from northbound.networks.plan import plan_network
from northbound.ports.plan import plan_port
from northbound.ports.port import ROUTER_GATEWAY, ROUTER_INTERFACE
from northbound.routers.plan import RouterView, plan_router, plan_router_port
from northbound.security_groups.group import Group
from northbound.security_groups.plan import plan_group
from northbound.subnets.plan import plan_subnet
from northbound.translation.check import BY_TABLE, EVERY_ROW, Wanted, violations
from southbound import names
from southbound.ovsdb.apply import apply
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import Session
from tests.daemons.ovn import Ovn
from tests.real.northbound.harness import by_owner, open_session
from tests.unit.northbound.balancing.factories import MONITOR, a_balancer, a_member, a_pool
from tests.unit.northbound.factories import PROJECT, a_network, a_port_view, a_subnet_view, an_id
from tests.unit.northbound.floating_ips.test_plan import a_floating_ip
from tests.unit.northbound.routers.factories import a_gateway, a_router, an_interface
from tests.unit.northbound.security_group_rules.factories import RULE, a_rule, rows_of

pytestmark = pytest.mark.real

NETWORK, PORT, NEIGHBOUR = an_id("network"), an_id("port"), an_id("neighbour")
GROUP, OTHER_GROUP = an_id("group"), an_id("other group")
INTERFACE = an_interface(network_id=NETWORK)
OUTSIDE = a_network("outside", network_type="flat", physical_network="physical1", external=True)
GATEWAY = a_gateway(network_id=OUTSIDE.id)
ROUTER = a_router(INTERFACE, GATEWAY)
FLOATING_IP = a_floating_ip(
    id=an_id("floating ip"),
    port_id=PORT,
    fixed_ip_address="10.50.0.9",
    router_id=ROUTER.id,
    gateway_port_id=GATEWAY.port_id,
)

BALANCED = a_pool(members=[a_member("10.50.0.9", port_id=PORT, probe_ip="10.50.0.3")], monitor=MONITOR)


def router_end(owner: str, port: Any, network: str, ip: str) -> list[Row]:
    view = a_port_view(ips=(ip,), id=port.port_id, network_id=network, device_owner=owner, mac_address=port.mac_address)
    return [*plan_port(view), *plan_router_port(ROUTER, port, [])]


def the_plan() -> list[Row]:
    rules = [
        a_rule(security_group_id=GROUP, protocol="tcp", port_range_min=22, port_range_max=22),
        a_rule(rule_id=an_id("from"), security_group_id=GROUP, remote_group_id=OTHER_GROUP),
    ]
    return [
        *plan_network(a_network()),
        *plan_network(OUTSIDE),
        *plan_subnet(a_subnet_view()),
        *plan_group(Group(id=GROUP, project_id=PROJECT, name="g")),
        *rows_of(*rules),
        *plan_group(Group(id=OTHER_GROUP, project_id=PROJECT, name="other")),
        *plan_router(RouterView(ROUTER)),
        *plan_port(a_port_view()),
        *plan_port(a_port_view("neighbour", ips=("10.50.0.10",), mac_address="fa:16:3e:00:00:10")),
        *router_end(ROUTER_INTERFACE, INTERFACE, NETWORK, "10.50.0.1"),
        *router_end(ROUTER_GATEWAY, GATEWAY, OUTSIDE.id, "150.25.12.7"),
        *plan_floating_ip(FloatingIpView(FLOATING_IP, ROUTER)),
        *plan_load_balancer(a_balancer(BALANCED)),
    ]


@pytest.fixture
async def session(ovn: Ovn) -> AsyncIterator[Session]:
    async with open_session(ovn) as opened:
        yield opened


def changed(row: Row, **columns: Any) -> Row:
    return dataclasses.replace(row, columns={**row.columns, **columns})


def of_table(table: str, owner: str = "") -> Callable[[Row], bool]:
    return lambda row: row.table == table and owner in (row.owner, "")


PORT_ROW = of_table("Logical_Switch_Port", f"port/{PORT}")
ROUTER_PORT = of_table("Logical_Router_Port", f"port/{INTERFACE.port_id}")
PERMIT = of_table("ACL", f"security_group_rule/{RULE}")
OPEN_TO_ALL = "ip4"
MUTATIONS = [
    ("owner-key", PORT_ROW, lambda row: dataclasses.replace(row, owner="port/x")),
    ("row-unique", PORT_ROW, lambda row: dataclasses.replace(row, uuid=names.switch_port_uuid(NEIGHBOUR))),
    ("name-unique", PORT_ROW, lambda row: changed(row, name=NEIGHBOUR)),
    ("name-unique", of_table("Logical_Switch", f"network/{NETWORK}"), lambda row: changed(row, name=names.switch_name(OUTSIDE.id))),
    ("holder-exists", PORT_ROW, lambda row: dataclasses.replace(row, inside=("Logical_Switch", an_id("x"), "ports"))),
    ("holder-exists", PORT_ROW, lambda row: dataclasses.replace(row, inside=None)),
    ("holder-exists", PORT_ROW, lambda row: dataclasses.replace(row, members=(*row.members, ("Port_Group", an_id("x"), "ports")))),
    ("holder-exists", of_table("Port_Group", f"security_group/{OTHER_GROUP}"), lambda row: dataclasses.replace(row, inside=("Logical_Switch", NETWORK, "ports"))),
    ("reference-exists", PORT_ROW, lambda row: changed(row, dhcpv4_options=an_id("x"))),
    ("match-names", PERMIT, lambda row: changed(row, match=f"{row.columns['match']} && ip4.src == $pg_{an_id('x').replace('-', '_')}_ip4")),
    ("match-names", PERMIT, lambda row: changed(row, match=f"{row.columns['match']} && inport == @x")),
    ("acl-of-its-group", PERMIT, lambda row: changed(row, match="ip4 && tcp")),
    ("acl-of-its-group", PERMIT, lambda row: changed(row, direction="from-lport")),
    ("acl-of-its-group", PERMIT, lambda row: changed(row, match=str(row.columns["match"]).replace(" && ip4", ""))),
    ("address-unique", PORT_ROW, lambda row: changed(row, addresses=["fa:16:3e:00:00:09 10.50.0.9 10.50.0.10"])),
    ("address-unique", PORT_ROW, lambda row: changed(row, addresses=["fa:16:3e:00:00:10 10.50.0.9"])),
    ("dhcp-covers", PORT_ROW, lambda row: changed(row, addresses=["fa:16:3e:00:00:09 192.0.2.9"])),
    ("dhcp-covers", PORT_ROW, lambda row: changed(row, dhcpv6_options=row.columns["dhcpv4_options"])),
    ("filtered", PORT_ROW, lambda row: changed(row, port_security=[])),
    ("filtered", PORT_ROW, lambda row: dataclasses.replace(row, members=row.members[1:])),
    ("router-peer", of_table("Logical_Switch_Port", f"port/{INTERFACE.port_id}"), lambda row: changed(row, options={"router-port": "lrp-x"})),
    ("router-port-network", ROUTER_PORT, lambda row: changed(row, networks=[])),
    ("router-port-network", ROUTER_PORT, lambda row: changed(row, networks=["10.0.0.1.1/24"])),
    ("route", of_table("Logical_Router_Static_Route"), lambda row: changed(row, nexthop="fe80::1")),
    ("route", of_table("Logical_Router_Static_Route"), lambda row: changed(row, ip_prefix="everywhere")),
    ("translation", of_table("NAT", f"floating_ip/{FLOATING_IP.id}"), lambda row: changed(row, external_ip="")),
    ("translation", of_table("NAT", f"floating_ip/{FLOATING_IP.id}"), lambda row: changed(row, external_mac="fa:16:3e:00:00:99", logical_port=None)),
    ("vip-family", of_table("Load_Balancer"), lambda row: changed(row, vips={"10.50.0.5:80": "[fd00::9]:80"})),
    ("checked-vip", of_table("Load_Balancer_Health_Check"), lambda row: changed(row, vip="10.50.0.6:80")),
]  # fmt: skip


def broken(find: Callable[[Row], bool], change: Callable[[Row], Row]) -> tuple[str, Wanted]:
    """(the owner that is to blame, the plan with its first such row changed)"""
    wanted = by_owner(the_plan())
    for owner, rows in wanted.items():
        for place, row in enumerate(rows):
            if find(row):
                rows[place] = change(row)
                return owner, wanted
    raise AssertionError("no such row")


async def test_the_plan_is_sound_and_ovn_takes_it(session: Session) -> None:
    wanted = by_owner(the_plan())
    assert violations(wanted, session.replica) == {}
    applied = await apply(session, wanted)
    assert (applied.quarantined, applied.unsettled) == ({}, set())
    assert violations(wanted, session.replica) == {}
    assert violations({f"port/{PORT}": wanted[f"port/{PORT}"]}, session.replica) == {}, "what it names is in OVN"
    await apply(session, {owner: [] for owner in wanted})


@pytest.mark.parametrize(
    ("name", "find", "change"), MUTATIONS, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(MUTATIONS)]
)
async def test_one_broken_row_is_blamed_on_its_owner(
    session: Session, name: str, find: Callable[[Row], bool], change: Callable[[Row], Row]
) -> None:
    owner, wanted = broken(find, change)
    found = violations(wanted, session.replica)
    assert found.keys() >= {owner}
    assert found[owner].startswith(f"{name}: ")
    shared = {"row-unique", "name-unique", "address-unique"}
    assert len(found) == 1 or name in shared | {"holder-exists"}, found


def test_every_invariant_has_a_plan_that_breaks_it() -> None:
    known = {*EVERY_ROW, "owner-key", *(name for checks in BY_TABLE.values() for name in checks)}
    assert {name for name, *_ in MUTATIONS} == known - {"owner-markable"}, "owner-markable: see test_schemas"


async def test_a_name_that_somebody_else_has_is_taken_until_it_is_free(session: Session, ovn: Ovn) -> None:
    await ovn.nbctl("ls-add", "theirs", "--", "lsp-add", "theirs", PORT)
    async with asyncio.timeout(5):
        while not session.replica.uuids_named("Logical_Switch_Port", PORT):
            await asyncio.sleep(0.01)
    found = violations(by_owner(the_plan()), session.replica)
    assert found.keys() == {f"port/{PORT}"}
    await ovn.nbctl("ls-del", "theirs")
    async with asyncio.timeout(5):
        while session.replica.uuids_named("Logical_Switch_Port", PORT):
            await asyncio.sleep(0.01)
    assert violations(by_owner(the_plan()), session.replica) == {}


async def test_a_group_that_comes_later_may_be_named(session: Session) -> None:
    wanted = {owner: rows for owner, rows in by_owner(the_plan()).items() if OTHER_GROUP not in owner}
    assert violations(wanted, session.replica).keys() == {f"security_group_rule/{an_id('from')}"}
    assert violations(wanted, session.replica, coming={f"security_group/{OTHER_GROUP}"}) == {}


async def test_checking_a_group_costs_a_fraction_of_a_millisecond_per_owner(session: Session) -> None:
    ports = [
        row
        for number in range(100)
        for row in plan_port(
            a_port_view(str(number), ips=(f"10.50.0.{number + 20}",), mac_address=f"fa:16:3e:00:01:{number:02x}")
        )
    ]
    wanted = by_owner([*the_plan(), *ports])
    assert violations(wanted, session.replica) == {}
    took = []
    for _ in range(5):
        started = time.perf_counter()
        violations(wanted, session.replica)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.1, f"{min(took) * 1000:.1f} ms for {len(wanted)} owners"
