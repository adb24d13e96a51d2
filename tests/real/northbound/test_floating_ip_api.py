"""Floating IPs over HTTP: what they say of themselves, and how they come and go in OVN."""

import pytest

from tests.real.northbound.api import NetworkApi
from tests.real.northbound.course import Course

pytestmark = pytest.mark.real


async def test_port_knows_its_floating_ips(api: NetworkApi, course: Course) -> None:
    ips = [{"subnet_id": course.subnet["id"]}] * 2
    port = await api.make("port", network_id=course.network["id"], fixed_ips=ips)
    made = [
        await api.make(
            "floatingip",
            floating_network_id=course.outside["id"],
            port_id=port["id"],
            fixed_ip_address=fixed["ip_address"],
        )
        for fixed in port["fixed_ips"]
    ]

    async def known() -> set[str]:
        (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
        return set(dict(row["external_ids"][1]).get("neutron:port_fip", "").split())

    assert await known() == {one["floating_ip_address"] for one in made}
    other = await api.make("port", network_id=course.network["id"])
    await api.change("floatingip", made[0]["id"], port_id=other["id"])
    assert await known() == {made[1]["floating_ip_address"]}
    (row,) = await api.ovn.wait_rows("NB", "NAT", 1, logical_port=other["id"])
    assert row["_uuid"][1] == made[0]["id"], "the row is changed in place"
    await api.remove("floatingip", made[1]["id"])
    assert await known() == set()


async def test_floating_ip_keeps_its_name_and_loses_its_port_by_an_empty_change(
    api: NetworkApi, course: Course
) -> None:
    port = await api.make("port", network_id=course.network["id"])
    named = {"dns_name": "Web", "dns_domain": "example.org."}
    made = await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"], **named)
    assert (made["dns_name"], made["dns_domain"], made["port_forwardings"]) == ("web", "example.org.", [])
    described = await api.change("floatingip", made["id"], description="mine")
    assert described["port_id"] == port["id"]
    emptied = await api.change("floatingip", made["id"])
    assert (emptied["port_id"], emptied["status"], emptied["dns_name"]) == (None, "DOWN", "web")
    bad = {"floating_network_id": course.outside["id"], "dns_domain": "example.org"}
    answer = await api.ask("POST", "/v2.0/floatingips", {"floatingip": bad})
    assert answer.status == 400
    assert "dns_domain" in answer.error["message"]


async def test_what_routers_learned_of_a_floating_ip_is_forgotten_when_another_answers(
    api: NetworkApi, course: Course
) -> None:
    port = await api.make("port", network_id=course.network["id"])
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"], port_id=port["id"])
    datapath, *_ = await api.ovn.southbound.rows("Datapath_Binding")
    learned = {"logical_port": "lrp-other", "ip": floating_ip["floating_ip_address"], "mac": "fa:16:3e:00:00:77"}
    for ip in (learned["ip"], "150.25.12.200"):
        said = [f'{name}="{value}"' for name, value in (learned | {"ip": ip}).items()]
        await api.ovn.sbctl("create", "MAC_Binding", *said, f"datapath={datapath['_uuid'][1]}")
    await api.change("floatingip", floating_ip["id"], port_id=None)
    (left,) = await api.ovn.wait_rows("SB", "MAC_Binding", 1)
    assert left["ip"] == "150.25.12.200"


async def test_pools_are_the_subnets_of_external_networks(api: NetworkApi, course: Course) -> None:
    (pool,) = await api.find("floatingip-pools", who="bob")
    assert (pool["subnet_id"], pool["network_id"]) == (course.outer_subnet["id"], course.outside["id"])
    assert (pool["cidr"], pool["project_id"]) == ("150.25.12.0/24", "blue")
    assert await api.find(f"floatingip_pools?network_id={course.network['id']}") == []
