"""Routers and floating IPs from the HTTP request to the rows of OVN."""

import pytest

from tests.real.northbound.api import NetworkApi
from tests.real.northbound.course import Course, attach, detach, make_subnet, rows_in

pytestmark = pytest.mark.real
NOWHERE = "11111111-1111-4111-8111-111111111111"


async def test_router_becomes_a_logical_router(api: NetworkApi) -> None:
    router = await api.make("router", name="myrouter", description="mine")
    assert (router["status"], router["external_gateway_info"], router["routes"]) == ("ACTIVE", None, [])
    assert "ha" not in router and "distributed" not in router
    shown = await api.show("router", router["id"], who="admin")
    assert (shown["ha"], shown["distributed"]) == (True, False)
    asked = await api.change("router", router["id"], who="admin", ha=False, distributed=True)
    assert (asked["ha"], asked["distributed"]) == (True, True)
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router", 1, name=f"neutron-{router['id']}")
    assert row["_uuid"][1] == router["id"]
    assert dict(row["options"][1]) == {
        "always_learn_from_arp_request": "false",
        "dynamic_neigh_routers": "true",
        "mac_binding_age_threshold": "300",
    }
    assert dict(row["external_ids"][1])["neutron:router_name"] == "myrouter"
    await api.change("router", router["id"], admin_state_up=False)
    await api.ovn.wait_rows("NB", "Logical_Router", 1, name=f"neutron-{router['id']}", enabled=False)
    await api.remove("router", router["id"])
    assert await api.ovn.northbound.rows("Logical_Router") == []


async def test_interface_is_a_port_with_two_ends(api: NetworkApi, course: Course) -> None:
    (port,) = await api.find(f"ports?device_id={course.router['id']}&device_owner=network:router_interface")
    assert port["fixed_ips"] == [{"subnet_id": course.subnet["id"], "ip_address": "10.50.0.1"}]
    same = await api.change("port", port["id"], fixed_ips=[{"subnet_id": course.subnet["id"]}])
    assert same["fixed_ips"] == port["fixed_ips"], "what it has may be asked for"
    moved = {"port": {"fixed_ips": [{"ip_address": "10.50.0.9"}]}}
    assert (await api.ask("PUT", f"/v2.0/ports/{port['id']}", moved)).status == 409
    (inner,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert (inner["type"], inner["addresses"]) == ("router", "router")
    assert dict(inner["options"][1]) == {"router-port": f"lrp-{port['id']}"}
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Port", 1, name=f"lrp-{port['id']}")
    assert (row["networks"], row["mac"]) == ("10.50.0.1/16", port["mac_address"])
    ids = dict(row["external_ids"][1])
    assert ids["neutron:subnet_ids"] == course.subnet["id"]
    assert ids["neutron:network_name"] == f"neutron-{course.network['id']}"
    assert ids["neutron:is_ext_gw"] == "False"
    assert ids["neutron:router_name"] == f"neutron-{course.router['id']}"


async def test_answer_of_an_interface_says_what_it_is(api: NetworkApi, course: Course) -> None:
    second = await make_subnet(api, course.network, "10.51.0.0/16")
    answer = await attach(api, course.router, subnet_id=second["id"])
    assert answer.body == {
        "id": course.router["id"],
        "tenant_id": "red",
        "project_id": "red",
        "port_id": answer.body["port_id"],
        "network_id": course.network["id"],
        "subnet_id": second["id"],
        "subnet_ids": [second["id"]],
    }
    gone = await detach(api, course.router, subnet_id=second["id"])
    assert gone.body == answer.body
    assert (await api.ask("GET", f"/v2.0/ports/{answer.body['port_id']}")).status == 404
    await api.ovn.wait_rows("NB", "Logical_Router_Port", 0, name=f"lrp-{answer.body['port_id']}")


async def test_interfaces_raise_the_revision_of_their_router(api: NetworkApi, course: Course) -> None:
    second = await make_subnet(api, course.network, "10.51.0.0/16")
    assert (await attach(api, course.router, subnet_id=second["id"])).status == 200
    with_it = await api.show("router", course.router["id"])
    assert (await detach(api, course.router, subnet_id=second["id"])).status == 200
    without = await api.show("router", course.router["id"])
    assert course.router["revision_number"] < with_it["revision_number"] < without["revision_number"]


async def test_gateway_routes_and_translates(api: NetworkApi, course: Course) -> None:
    info = course.router["external_gateway_info"]
    (address,) = info["external_fixed_ips"]
    assert (info["network_id"], info["enable_snat"]) == (course.outside["id"], True)
    assert address["subnet_id"] == course.outer_subnet["id"]
    router = f"neutron-{course.router['id']}"
    (route,) = await rows_in(api, "Logical_Router_Static_Route", router, "Logical_Router.static_routes")
    assert (route["ip_prefix"], route["nexthop"]) == ("0.0.0.0/0", "150.25.12.254")
    (nat,) = await rows_in(api, "NAT", router, "Logical_Router.nat")
    assert (nat["type"], nat["logical_ip"], nat["external_ip"]) == ("snat", "10.50.0.0/16", address["ip_address"])
    (gateway,) = await api.find("ports?device_owner=network:router_gateway", who="admin")
    assert await api.find("ports?device_owner=network:router_gateway") == []
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Port", 1, name=f"lrp-{gateway['id']}")
    assert dict(row["options"][1]) == {"gateway_mtu": "1442"}
    (outer,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=gateway["id"])
    assert dict(outer["options"][1])["nat-addresses"] == "router"


async def test_gateway_follows_what_it_reads_of_others(api: NetworkApi, course: Course) -> None:
    await api.change("network", course.network["id"], mtu=1300)
    (gateway,) = await api.find("ports?device_owner=network:router_gateway", who="admin")
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Port", 1, name=f"lrp-{gateway['id']}")
    assert dict(row["options"][1]) == {"gateway_mtu": "1300"}
    await api.change("subnet", course.outer_subnet["id"], who="admin", gateway_ip=None)
    await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 0)


async def test_gateway_goes_with_what_it_made(api: NetworkApi, course: Course) -> None:
    cleared = await api.change("router", course.router["id"], external_gateway_info={})
    assert cleared["external_gateway_info"] is None
    router = f"neutron-{course.router['id']}"
    assert await rows_in(api, "NAT", router, "Logical_Router.nat") == []
    assert await rows_in(api, "Logical_Router_Static_Route", router, "Logical_Router.static_routes") == []
    assert len(await rows_in(api, "Logical_Router_Port", router, "Logical_Router.ports")) == 1


async def test_gateway_is_served_by_the_gateway_chassis(api: NetworkApi, course: Course) -> None:
    await api.ovn.sbctl(
        "chassis-add", "chassis-1", "geneve", "127.0.0.1",
        "--", "set", "Chassis", "chassis-1", "other_config:ovn-bridge-mappings=physical1:br-ex",
        "other_config:ovn-cms-options=enable-chassis-as-gw",
    )  # fmt: skip
    try:
        (row,) = await api.ovn.wait_rows("NB", "Gateway_Chassis", 1, chassis_name="chassis-1")
        (gateway,) = await api.find("ports?device_owner=network:router_gateway", who="admin")
        assert (row["name"], row["priority"]) == (f"lrp-{gateway['id']}_chassis-1", 1)
    finally:
        await api.ovn.sbctl("chassis-del", "chassis-1")
    await api.ovn.wait_rows("NB", "Gateway_Chassis", 0)


async def test_extra_routes_are_set_added_and_removed(api: NetworkApi, course: Course) -> None:
    first = {"destination": "192.0.2.0/24", "nexthop": "10.50.0.9"}
    second = {"destination": "198.51.100.0/24", "nexthop": "10.50.0.9"}
    router_id = course.router["id"]
    changed = await api.change("router", router_id, routes=[first])
    assert changed["routes"] == [first]
    answer = await api.ask("PUT", f"/v2.0/routers/{router_id}/add_extraroutes", {"router": {"routes": [second]}})
    assert answer.body["router"]["routes"] == [first, second]
    await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 3)
    answer = await api.ask("PUT", f"/v2.0/routers/{router_id}/remove_extraroutes", {"router": {"routes": [first]}})
    assert answer.body["router"]["routes"] == [second]
    refused = await detach(api, course.router, subnet_id=course.subnet["id"])
    assert (refused.status, refused.error["type"]) == (409, "RouterInterfaceInUseByRoute")


async def test_gateway_stays_while_extra_routes_lead_through_it(api: NetworkApi, course: Course) -> None:
    outside = await api.make("network", who="admin", name="elsewhere", **{"router:external": True})
    await make_subnet(api, outside, "150.25.13.0/24", who="admin", enable_dhcp=False)
    inner = {"destination": "192.0.2.0/24", "nexthop": "10.50.0.9"}
    outer = {"destination": "198.51.100.0/24", "nexthop": "150.25.12.77"}
    router_id = course.router["id"]
    await api.change("router", router_id, routes=[inner, outer])
    before = await api.dump()
    for info in ({}, {"network_id": outside["id"]}):
        refused = await api.ask("PUT", f"/v2.0/routers/{router_id}", {"router": {"external_gateway_info": info}})
        assert (refused.status, refused.error["type"]) == (409, "RouterExternalGatewayInUseByRoute")
        assert "198.51.100.0/24 via 150.25.12.77" in refused.error["message"]
        assert "192.0.2.0/24" not in refused.error["message"]
    assert await api.dump() == before
    same = await api.change("router", router_id, external_gateway_info={"network_id": course.outside["id"]})
    assert same["routes"] == [inner, outer]
    moved = await api.change("router", router_id, external_gateway_info={"network_id": outside["id"]}, routes=[inner])
    assert moved["routes"] == [inner]
    cleared = await api.change("router", router_id, external_gateway_info=None)
    assert (cleared["external_gateway_info"], cleared["routes"]) == (None, [inner])
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 1)
    assert row["nexthop"] == "10.50.0.9"


async def test_router_goes_with_routes_through_its_gateway(api: NetworkApi, course: Course) -> None:
    router_id = course.router["id"]
    await api.change("router", router_id, routes=[{"destination": "192.0.2.0/24", "nexthop": "150.25.12.77"}])
    assert (await detach(api, course.router, subnet_id=course.subnet["id"])).status == 200
    await api.remove("router", router_id)
    await api.ovn.wait_rows("NB", "Logical_Router_Static_Route", 0)


BAD_ROUTERS = [
    ({"routes": [{"destination": "192.0.2.0/24", "nexthop": "10.99.0.9"}]}, 400, "not connected"),
    ({"routes": [{"destination": "192.0.2.0/24", "nexthop": "10.50.0.1"}]}, 400, "used by router"),
    ({"routes": [{"destination": "2001:db8::/32", "nexthop": "10.50.0.9"}]}, 400, "IP versions"),
    ({"routes": [{"destination": "nowhere", "nexthop": "10.50.0.9"}]}, 400, "destination"),
    ({"external_gateway_info": {"network_id": NOWHERE}}, 404, "NetworkNotFound"),
    ({"external_gateway_info": {"network_id": "x"}}, 400, "network_id"),
    ({"external_gateway_info": {"network": "x"}}, 400, "network"),
    ({"external_gateway_info": {"enable_snat": False}}, 403, "enable_snat"),
    ({"ha": True}, 403, "ha"),
    ({"distributed": False}, 403, "distributed"),
    ({"name": 7}, 400, "name"),
]


@pytest.mark.parametrize(("said", "status", "words"), BAD_ROUTERS, ids=[str(said)[:60] for said, *_ in BAD_ROUTERS])
async def test_refused_change_of_a_router_changes_nothing(
    api: NetworkApi, course: Course, said: dict, status: int, words: str
) -> None:
    before = await api.dump()
    answer = await api.ask("PUT", f"/v2.0/routers/{course.router['id']}", {"router": said})
    assert answer.status == status, answer.body
    assert words in f"{answer.error['type']} {answer.error['message']}"
    assert await api.dump() == before


async def test_refused_interfaces_change_nothing(api: NetworkApi, course: Course) -> None:
    elsewhere = await api.make("network", name="elsewhere")
    overlapping = await make_subnet(api, elsewhere, "10.50.7.0/24")
    bare = await make_subnet(api, elsewhere, "10.77.0.0/24", gateway_ip=None)
    foreign = await api.make("network", who="bob")
    hidden = await make_subnet(api, foreign, "10.88.0.0/24", who="bob")
    before = await api.dump()
    for said, status, words in (
        ({"subnet_id": overlapping["id"]}, 400, "overlaps"),
        ({"subnet_id": course.subnet["id"]}, 400, "already has a port"),
        ({"subnet_id": bare["id"]}, 400, "gateway IP"),
        ({"subnet_id": hidden["id"]}, 404, "SubnetNotFound"),
        ({"port_id": NOWHERE}, 404, "PortNotFound"),
        ({}, 400, "subnet_id or port_id"),
        ({"subnet_id": 5}, 400, "subnet_id"),
    ):
        answer = await attach(api, course.router, **said)
        assert answer.status == status, answer.body
        assert words in f"{answer.error['type']} {answer.error['message']}"
    assert await api.dump() == before


async def test_router_in_use_is_not_deleted_and_goes_when_it_is_free(api: NetworkApi, course: Course) -> None:
    answer = await api.ask("DELETE", f"/v2.0/routers/{course.router['id']}")
    assert (answer.status, answer.error["type"]) == (409, "RouterInUse")
    (port,) = await api.find(f"ports?device_id={course.router['id']}")
    answer = await api.ask("DELETE", f"/v2.0/ports/{port['id']}")
    assert (answer.status, answer.error["type"]) == (409, "ServicePortInUse")
    assert (await detach(api, course.router, port_id=port["id"])).status == 200
    await api.remove("router", course.router["id"])
    for table in ("Logical_Router", "Logical_Router_Port", "NAT", "Logical_Router_Static_Route"):
        assert await api.ovn.northbound.rows(table) == []


async def test_network_stays_shared_while_a_router_of_others_is_in_it(api: NetworkApi, course: Course) -> None:
    network_id = course.network["id"]
    await api.change("network", network_id, who="admin", shared=True)
    port = await api.make("port", who="bob", network_id=network_id)
    router = await api.make("router", who="bob", name="blue")
    assert (await attach(api, router, who="bob", port_id=port["id"])).status == 200
    before = await api.dump()
    refused = await api.ask("PUT", f"/v2.0/networks/{network_id}", {"network": {"shared": False}}, who="admin")
    assert (refused.status, refused.error["type"]) == (409, "NetworkInUse")
    assert await api.dump() == before
    ending = f"/v2.0/routers/{router['id']}/remove_router_interface"
    assert (await api.ask("PUT", ending, {"port_id": port["id"]}, who="bob")).status == 200
    assert (await api.change("network", network_id, who="admin", shared=False))["shared"] is False


async def test_stranger_finds_no_router_and_no_floating_ip(api: NetworkApi, course: Course) -> None:
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"])
    for noun, resource_id in (("router", course.router["id"]), ("floatingip", floating_ip["id"])):
        for method, body in (("GET", None), ("DELETE", None), ("PUT", {noun: {}})):
            hidden = await api.ask(method, f"/v2.0/{noun}s/{resource_id}", body, who="bob")
            absent = await api.ask(method, f"/v2.0/{noun}s/{NOWHERE}", body, who="bob")
            assert hidden.status == absent.status == 404
            assert hidden.error["message"].replace(resource_id, NOWHERE) == absent.error["message"]
        assert await api.find(f"{noun}s", who="bob") == []
    assert (await attach(api, course.router, who="bob", subnet_id=course.subnet["id"])).status == 404


async def test_floating_ip_translates_while_it_is_associated(api: NetworkApi, course: Course) -> None:
    port = await api.make("port", network_id=course.network["id"], name="myport")
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"], description="mine")
    assert (floating_ip["status"], floating_ip["port_id"], floating_ip["router_id"]) == ("DOWN", None, None)
    changed = await api.change("floatingip", floating_ip["id"], port_id=port["id"])
    assert (changed["status"], changed["router_id"]) == ("ACTIVE", course.router["id"])
    assert changed["fixed_ip_address"] == port["fixed_ips"][0]["ip_address"]
    assert changed["port_details"]["name"] == "myport"
    assert changed["floating_ip_address"] == floating_ip["floating_ip_address"]
    (row,) = await api.ovn.wait_rows("NB", "NAT", 1, type="dnat_and_snat")
    assert row["_uuid"][1] == floating_ip["id"]
    assert (row["external_ip"], row["logical_ip"]) == (
        floating_ip["floating_ip_address"],
        changed["fixed_ip_address"],
    )
    assert (row["logical_port"], row["external_mac"]) == (port["id"], ["set", []])
    ids = dict(row["external_ids"][1])
    assert ids["neutron:fip_id"] == floating_ip["id"]
    assert ids["neutron:fip_port_id"] == port["id"]
    assert ids["neutron:router_name"] == f"neutron-{course.router['id']}"
    assert ids["neutron:fip_network_id"] == course.outside["id"]
    changed = await api.change("floatingip", floating_ip["id"], port_id=None)
    assert (changed["status"], changed["port_details"], changed["description"]) == ("DOWN", None, "mine")
    await api.ovn.wait_rows("NB", "NAT", 0, type="dnat_and_snat")
    await api.remove("floatingip", floating_ip["id"])
    assert await api.find("floatingips") == []


async def test_threat_n9_deleting_the_port_removes_the_translation(api: NetworkApi, course: Course) -> None:
    port = await api.make("port", network_id=course.network["id"])
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"])
    await api.ovn.wait_rows("NB", "NAT", 1, type="dnat_and_snat")
    await api.remove("port", port["id"])
    await api.ovn.wait_rows("NB", "NAT", 0, type="dnat_and_snat")
    left = await api.show("floatingip", floating_ip["id"])
    assert (left["status"], left["port_id"], left["router_id"]) == ("DOWN", None, None)


async def test_what_a_floating_ip_needs_stays(api: NetworkApi, course: Course) -> None:
    port = await api.make("port", network_id=course.network["id"])
    await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"])
    answer = await api.ask("PUT", f"/v2.0/routers/{course.router['id']}", {"router": {"external_gateway_info": None}})
    assert (answer.status, answer.error["type"]) == (409, "RouterExternalGatewayInUseByFloatingIp")
    answer = await detach(api, course.router, subnet_id=course.subnet["id"])
    assert (answer.status, answer.error["type"]) == (409, "RouterInterfaceInUseByFloatingIP")


async def test_refused_floating_ips_change_nothing(api: NetworkApi, course: Course) -> None:
    port = await api.make("port", network_id=course.network["id"])
    await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"])
    lonely = await api.make("network", name="lonely")
    await make_subnet(api, lonely, "10.99.0.0/24")
    unreachable = await api.make("port", network_id=lonely["id"])
    theirs = await api.make("port", who="admin", network_id=course.network["id"], project_id="blue")
    outside = course.outside["id"]
    before = await api.dump()
    for said, status, words in (
        ({"floating_network_id": NOWHERE}, 404, "NetworkNotFound"),
        ({"floating_network_id": course.network["id"]}, 400, "floating_network_id"),
        ({"floating_network_id": outside, "port_id": port["id"]}, 409, "FloatingIPPortAlreadyAssociated"),
        ({"floating_network_id": outside, "port_id": unreachable["id"]}, 404, "ExternalGatewayForFloatingIPNotFound"),
        ({"floating_network_id": outside, "port_id": NOWHERE}, 404, "PortNotFound"),
        ({"floating_network_id": outside, "port_id": theirs["id"]}, 400, "different tenant"),
        ({"floating_network_id": outside, "fixed_ip_address": "10.50.0.2"}, 400, "port_id"),
        ({"floating_network_id": outside, "floating_ip_address": "150.25.12.9"}, 403, "floating_ip_address"),
        ({"floating_network_id": outside, "subnet_id": course.subnet["id"]}, 400, course.subnet["id"]),
        ({"port_id": port["id"]}, 400, "floating_network_id"),
        ({"floating_network_id": outside, "router_id": NOWHERE}, 400, "router_id"),
    ):
        answer = await api.ask("POST", "/v2.0/floatingips", {"floatingip": said})
        assert answer.status == status, answer.body
        assert words in f"{answer.error['type']} {answer.error['message']}", answer.body
    assert await api.dump() == before


async def test_floating_ips_are_found_by_tag_port_and_address(api: NetworkApi, course: Course) -> None:
    port = await api.make("port", network_id=course.network["id"])
    outside = course.outside["id"]
    tagged = await api.make("floatingip", floating_network_id=outside)
    bound = await api.make("floatingip", floating_network_id=outside, port_id=port["id"])
    await api.ask("PUT", f"/v2.0/floatingips/{tagged['id']}/tags", {"tags": ["myip"]})

    async def found(query: str) -> list[str]:
        return [one["id"] for one in await api.find(f"floatingips?{query}")]

    assert await found("tags=myip") == [tagged["id"]]
    assert await found(f"port_id={port['id']}") == [bound["id"]]
    assert await found(f"router_id={course.router['id']}") == [bound["id"]]
    assert await found("status=DOWN") == [tagged["id"]]
    assert await found(f"floating_ip_address={bound['floating_ip_address']}") == [bound["id"]]
    assert set(await found(f"floating_network_id={outside}&sort_key=floating_ip_address")) == {
        tagged["id"],
        bound["id"],
    }


async def test_admin_chooses_address_and_translation(api: NetworkApi, course: Course) -> None:
    chosen = await api.make(
        "floatingip", who="admin", floating_network_id=course.outside["id"], floating_ip_address="150.25.12.99"
    )
    assert chosen["floating_ip_address"] == "150.25.12.99"
    info = {
        "network_id": course.outside["id"],
        "enable_snat": False,
        "external_fixed_ips": [{"subnet_id": course.outer_subnet["id"], "ip_address": "150.25.12.77"}],
    }
    changed = await api.change("router", course.router["id"], who="admin", external_gateway_info=info)
    assert changed["external_gateway_info"] == info | {"qos_policy_id": None}
    assert await rows_in(api, "NAT", f"neutron-{course.router['id']}", "Logical_Router.nat") == []


async def test_ipv6_router_advertises_itself(api: NetworkApi, course: Course) -> None:
    subnet = await make_subnet(api, course.network, "2001:db8::/64", ipv6_ra_mode="slaac", ipv6_address_mode="slaac")
    answer = await attach(api, course.router, subnet_id=subnet["id"])
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Port", 1, name=f"lrp-{answer.body['port_id']}")
    assert dict(row["ipv6_ra_configs"][1]) == {"address_mode": "slaac", "send_periodic": "true", "mtu": "1442"}
    assert row["networks"] == "2001:db8::1/64"


async def test_reader_may_look_and_not_touch(api: NetworkApi, course: Course) -> None:
    assert (await api.show("router", course.router["id"], who="reader"))["id"] == course.router["id"]
    for method, path, body in (
        ("POST", "routers", {"router": {}}),
        ("PUT", f"routers/{course.router['id']}", {"router": {"name": "x"}}),
        ("DELETE", f"routers/{course.router['id']}", None),
        ("POST", "floatingips", {"floatingip": {"floating_network_id": course.outside["id"]}}),
        ("POST", "security-groups", {"security_group": {"name": "x"}}),
    ):
        assert (await api.ask(method, f"/v2.0/{path}", body, who="reader")).status == 403
