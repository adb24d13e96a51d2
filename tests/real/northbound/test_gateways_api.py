"""Several gateways of a router, from the HTTP request to the rows of OVN."""

from typing import Any

import pytest

from deploy.lab.daemons.waiting import until
from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.course import Course, make_subnet, rows_in

pytestmark = pytest.mark.real


async def change(api: NetworkApi, course: Course, verb: str, *gateways: dict, who: str = "admin") -> Answer:
    path = f"/v2.0/routers/{course.router['id']}/{verb}_external_gateways"
    return await api.ask("PUT", path, {"router": {"external_gateways": list(gateways)}}, who=who)


async def changed(api: NetworkApi, course: Course, verb: str, *gateways: dict, who: str = "admin") -> dict[str, Any]:
    answer = await change(api, course, verb, *gateways, who=who)
    assert answer.status == 200, answer.body
    shown = answer.body["router"]
    if shown["external_gateways"]:
        (first, *_), info = shown["external_gateways"], shown["external_gateway_info"]
        assert first == {name: info[name] for name in first}
    return shown


def ips(gateways: list[dict[str, Any]]) -> list[str]:
    return [address["ip_address"] for gateway in gateways for address in gateway["external_fixed_ips"]]


def at(network: dict[str, Any], *addresses: str) -> dict[str, Any]:
    return {"network_id": network["id"], "external_fixed_ips": [{"ip_address": ip} for ip in addresses]}


async def elsewhere(api: NetworkApi, cidr: str = "150.25.13.0/24", **said: Any) -> dict[str, Any]:
    network = await api.make("network", who="admin", **{"router:external": True}, **said)
    await make_subnet(api, network, cidr, who="admin", enable_dhcp=False)
    return network


async def test_gateways_are_added_moved_and_removed(api: NetworkApi, course: Course) -> None:
    first = course.router["external_gateways"]
    second = await changed(api, course, "add", at(course.outside, "150.25.12.50"), who="admin")
    assert ips(second["external_gateways"]) == [*ips(first), "150.25.12.50"]
    router = f"neutron-{course.router['id']}"
    (route,) = await rows_in(api, "Logical_Router_Static_Route", router, "Logical_Router.static_routes")
    assert route["nexthop"] == "150.25.12.254"
    nats = await rows_in(api, "NAT", router, "Logical_Router.nat")
    assert sorted(nat["external_ip"] for nat in nats) == sorted([*ips(first), "150.25.12.50"])
    ports = await rows_in(api, "Logical_Router_Port", router, "Logical_Router.ports")
    gateways = {row["_uuid"][1] for row in ports if dict(row["external_ids"][1])["neutron:is_ext_gw"] == "True"}
    assert {nat["gateway_port"][1] for nat in nats} == gateways

    turned = await changed(api, course, "update", at(course.outside, "150.25.12.50"), at(course.outside, *ips(first)))
    assert ips(turned["external_gateways"]) == ["150.25.12.50", *ips(first)]
    moved = await changed(api, course, "update", at(course.outside, "150.25.12.51"))
    assert ips(moved["external_gateways"]) == ["150.25.12.51"]
    await api.ovn.wait_rows("NB", "NAT", 1, external_ip="150.25.12.51", gateway_port=["set", []])
    gone = await changed(api, course, "remove", at(course.outside, "150.25.12.51"), who="alice")
    assert (gone["external_gateways"], gone["external_gateway_info"]) == ([], None)
    assert await rows_in(api, "NAT", router, "Logical_Router.nat") == []


async def test_default_routes_share_and_watch_when_they_are_told_to(api: NetworkApi, course: Course) -> None:
    await changed(api, course, "add", at(course.outside, "150.25.12.50"))
    router = await api.change(
        "router", course.router["id"], who="admin", enable_default_route_ecmp=True, enable_default_route_bfd=True
    )
    assert (router["enable_default_route_ecmp"], router["enable_default_route_bfd"]) == (True, True)
    routes = await rows_in(
        api, "Logical_Router_Static_Route", f"neutron-{router['id']}", "Logical_Router.static_routes"
    )
    assert {row["ip_prefix"] for row in routes} == {"0.0.0.0/0"}
    assert len({row["output_port"] for row in routes}) == 2
    watchers = await api.ovn.wait_rows("NB", "BFD", 2, dst_ip="150.25.12.254")
    assert {row["bfd"][1] for row in routes} == {row["_uuid"][1] for row in watchers}
    await api.change("router", router["id"], who="admin", enable_default_route_bfd=False)
    await api.ovn.wait_rows("NB", "BFD", 0)
    await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 2)


async def test_next_gateway_leads_out_when_the_first_ones_subnet_has_no_way_any_more(
    api: NetworkApi, course: Course
) -> None:
    place = {"provider:network_type": "flat", "provider:physical_network": "physical2"}
    other = await elsewhere(api, **place)
    await changed(api, course, "add", at(other, "150.25.13.50"))
    await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 1, nexthop="150.25.12.254")
    (subnet,) = await api.find(f"subnets?network_id={course.outside['id']}", who="admin")
    await api.change("subnet", subnet["id"], who="admin", gateway_ip=None)
    (leading,) = await api.find(f"subnets?network_id={other['id']}", who="admin")
    (route,) = await api.ovn.northbound.rows("Logical_Router_Static_Route")
    assert route["nexthop"] == leading["gateway_ip"]


async def test_external_gateway_info_is_the_first_of_them(api: NetworkApi, course: Course) -> None:
    await changed(api, course, "add", at(course.outside, "150.25.12.50"))
    cleared = await api.change("router", course.router["id"], external_gateway_info=None)
    assert ips(cleared["external_gateways"]) == ["150.25.12.50"]
    assert (
        cleared["external_gateway_info"]["external_fixed_ips"] == cleared["external_gateways"][0]["external_fixed_ips"]
    )
    await api.ask(
        "PUT",
        f"/v2.0/routers/{course.router['id']}/remove_router_interface",
        {"subnet_id": course.subnet["id"]},
    )
    await api.remove("router", course.router["id"])
    assert await api.ovn.northbound.rows("Logical_Router_Port") == []


async def test_floating_ip_stays_when_another_gateway_serves_its_network(api: NetworkApi, course: Course) -> None:
    first = ips(course.router["external_gateways"])
    port = await api.make("port", network_id=course.network["id"])
    await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"])
    await changed(api, course, "add", at(course.outside, "150.25.12.50"))
    (nat,) = await api.ovn.wait_rows("NB", "NAT", 1, type="dnat_and_snat")
    assert nat["gateway_port"] != ["set", []]
    await changed(api, course, "remove", at(course.outside, *first))
    await api.ovn.wait_rows("NB", "NAT", 1, type="dnat_and_snat", gateway_port=["set", []])
    refused = await change(api, course, "remove", at(course.outside, "150.25.12.50"))
    assert (refused.status, refused.error["type"]) == (409, "RouterExternalGatewayInUseByFloatingIp")


async def test_router_with_a_tunnelled_way_out_is_on_one_chassis(api: NetworkApi, course: Course) -> None:
    tunnelled = await elsewhere(api)
    mixed = await change(api, course, "add", {"network_id": tunnelled["id"]})
    assert mixed.status == 400
    assert "cannot be mixed" in mixed.error["message"]
    await api.ovn.sbctl(
        *("chassis-add", "chassis-1", "geneve", "127.0.0.1", "--", "set", "Chassis", "chassis-1"),
        "other_config:ovn-cms-options=enable-chassis-as-gw",
    )
    try:
        await api.change("router", course.router["id"], external_gateway_info={"network_id": tunnelled["id"]})

        async def is_there() -> bool:
            (row,) = await api.ovn.wait_rows("NB", "Logical_Router", 1, name=f"neutron-{course.router['id']}")
            return dict(row["options"][1]).get("chassis") == "chassis-1"

        await until(is_there, 10)
        assert await api.ovn.northbound.rows("Gateway_Chassis") == []
    finally:
        await api.ovn.sbctl("chassis-del", "chassis-1")


REFUSED = [
    ("remove", "alice", [{"ips": ["150.25.12.77"]}], 400, "UnableToMatchGateways"),
    ("add", "alice", [{"ips": ["150.25.12.60"]}], 403, "external_fixed_ips"),
    ("add", "admin", [{"ips": ["150.25.99.60"]}], 400, "150.25.99.60"),
    ("add", "admin", [{"network_id": None}], 400, "network_id"),
    ("add", "admin", [{"enable_snat": True}, {"enable_snat": False}], 400, "enable_snat"),
    ("update", "admin", [{"network_id": "11111111-1111-4111-8111-111111111111"}], 404, "NetworkNotFound"),
    ("update", "bob", [], 404, "RouterNotFound"),
    ("add", "alice", [{"inside": True}], 400, "not an external network"),
]


@pytest.mark.parametrize(("verb", "who", "said", "status", "words"), REFUSED)
async def test_refused_gateways_change_nothing(
    api: NetworkApi, course: Course, verb: str, who: str, said: list[dict], status: int, words: str
) -> None:
    gateways = []
    for one in said:
        network = course.network if one.pop("inside", False) else course.outside
        addresses = {"external_fixed_ips": [{"ip_address": ip} for ip in one.pop("ips")]} if "ips" in one else {}
        gateways.append({"network_id": network["id"], **addresses, **one})
    before = await api.dump()
    answer = await change(api, course, verb, *gateways, who=who)
    assert answer.status == status, answer.body
    assert words in f"{answer.error['type']} {answer.error['message']}"
    assert await api.dump() == before


async def test_router_asks_for_zones_that_gateways_are_in(api: NetworkApi) -> None:
    chassis = {"plain": "availability-zones=az1", "willing": "enable-chassis-as-gw,availability-zones=az2"}
    for number, (name, options) in enumerate(chassis.items(), start=1):
        await api.ovn.sbctl(
            *("chassis-add", name, "geneve", f"127.0.0.{number}", "--", "set", "Chassis", name),
            f'other_config:ovn-cms-options="{options}"',
        )
    try:

        async def is_known() -> bool:
            answer = await api.ask("POST", "/v2.0/routers", {"router": {"availability_zone_hints": ["az2"]}})
            return answer.status == 201 and answer.body["router"]["availability_zone_hints"] == ["az2"]

        await until(is_known, 10)
        for zone in ("az1", "nowhere"):
            answer = await api.ask("POST", "/v2.0/routers", {"router": {"availability_zone_hints": [zone]}})
            assert (answer.status, answer.error["type"]) == (404, "AvailabilityZoneNotFound")
    finally:
        for name in chassis:
            await api.ovn.sbctl("chassis-del", name)


@pytest.mark.parametrize("named", [{}, []], ids=["an object, as the official client says", "an empty list"])
async def test_all_gateways_go_when_none_is_named(api: NetworkApi, course: Course, named: object) -> None:
    network_id = course.outside["id"]
    router = await api.make("router", who="admin", external_gateway_info={"network_id": network_id})
    path = f"/v2.0/routers/{router['id']}/remove_external_gateways"
    answer = await api.ask("PUT", path, {"router": {"external_gateways": named}}, who="admin")
    assert (answer.status, answer.body["router"]["external_gateways"]) == (200, [])
    again = await api.ask("PUT", path, {"router": {"external_gateways": named}}, who="admin")
    assert (again.status, again.error["type"]) == (400, "UnableToRemoveGateways")
