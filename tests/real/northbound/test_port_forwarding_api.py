"""Port forwardings from the HTTP request to the load balancers of OVN."""

import asyncio
from typing import Any

import pytest

from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.course import Course, attach, detach, make_subnet

pytestmark = pytest.mark.real
NOWHERE = "11111111-1111-4111-8111-111111111111"


def path_of(floating_ip: dict[str, Any], forwarding: dict[str, Any] | None = None) -> str:
    below = f"/{forwarding['id']}" if forwarding else ""
    return f"/v2.0/floatingips/{floating_ip['id']}/port_forwardings{below}"


class Ground:
    """A floating IP, and a port that it may lead to."""

    def __init__(self, api: NetworkApi, course: Course, floating_ip: dict[str, Any], port: dict[str, Any]) -> None:
        self.api, self.course, self.floating_ip, self.port = api, course, floating_ip, port
        self.inside = port["fixed_ips"][0]["ip_address"]

    async def ask(self, method: str, forwarding: dict | None = None, who: str = "alice", **said: Any) -> Answer:
        body = {"port_forwarding": said} if said else None
        return await self.api.ask(method, path_of(self.floating_ip, forwarding), body, who=who)

    def draft(self, **said: Any) -> dict[str, Any]:
        plain = {"protocol": "tcp", "internal_port_id": self.port["id"], "internal_ip_address": self.inside}
        return plain | said

    async def make(self, **said: Any) -> dict[str, Any]:
        answer = await self.ask("POST", **self.draft(**said))
        assert answer.status == 201, answer.body
        return answer.body["port_forwarding"]

    async def again(self) -> dict[str, Any]:
        return await self.api.show("floatingip", self.floating_ip["id"])

    async def balancers(self, count: int) -> dict[str, dict]:
        """The load balancers by protocol."""
        rows = await self.api.ovn.wait_rows("NB", "Load_Balancer", count)
        return {row["name"].rpartition("-")[2]: row for row in rows}


@pytest.fixture
async def ground(api: NetworkApi, course: Course) -> Ground:
    floating_ip = await api.make("floatingip", floating_network_id=course.outside["id"])
    return Ground(api, course, floating_ip, await api.make("port", network_id=course.network["id"]))


async def test_forwarding_is_a_load_balancer_of_router_and_networks(ground: Ground) -> None:
    api, course = ground.api, ground.course
    made = await ground.make(external_port=2222, internal_port=22, description="ssh")
    assert {name: value for name, value in made.items() if name not in ("id", "revision_number")} == {
        "internal_port_id": ground.port["id"],
        "internal_ip_address": ground.inside,
        "protocol": "tcp",
        "internal_port": 22,
        "external_port": 2222,
        "internal_port_range": "22:22",
        "external_port_range": "2222:2222",
        "description": "ssh",
    }
    outside = ground.floating_ip["floating_ip_address"]
    shown = await ground.again()
    assert (shown["status"], shown["router_id"], shown["port_id"]) == ("ACTIVE", course.router["id"], None)
    (listed,) = shown["port_forwardings"]
    assert (listed["id"], listed["external_port"]) == (made["id"], 2222)
    tcp = (await ground.balancers(1))["tcp"]
    assert tcp["name"] == f"pf-floatingip-{ground.floating_ip['id']}-tcp"
    assert dict(tcp["vips"][1]) == {f"{outside}:2222": f"{ground.inside}:22"}
    assert dict(tcp["external_ids"][1])["neutron:device_owner"] == "port_forwarding_plugin"
    reference = ["uuid", tcp["_uuid"][1]]
    await api.ovn.wait_rows("NB", "Logical_Router", 1, load_balancer=reference)
    await api.ovn.wait_rows("NB", "Logical_Switch", 1, load_balancer=reference)

    other = await api.make("network")
    subnet = await make_subnet(api, other, "10.77.0.0/24")
    await attach(api, course.router, subnet_id=subnet["id"])
    await api.ovn.wait_rows("NB", "Logical_Switch", 2, load_balancer=reference)
    await detach(api, course.router, subnet_id=subnet["id"])
    await api.ovn.wait_rows("NB", "Logical_Switch", 1, load_balancer=reference)

    await ground.make(protocol="udp", external_port_range="500:503", internal_port_range="600:603")
    udp = (await ground.balancers(2))["udp"]
    assert dict(udp["vips"][1]) == {f"{outside}:{500 + n}": f"{ground.inside}:{600 + n}" for n in range(4)}
    changed = await ground.ask("PUT", made, internal_port=80)
    assert changed.body["port_forwarding"]["internal_port_range"] == "80:80"
    assert dict((await ground.balancers(2))["tcp"]["vips"][1]) == {f"{outside}:2222": f"{ground.inside}:80"}
    assert (await ground.ask("DELETE", made)).status == 204
    assert set(await ground.balancers(1)) == {"udp"}


async def test_forwarding_ends_with_its_port_and_holds_what_it_needs(ground: Ground) -> None:
    api, course = ground.api, ground.course
    await ground.make(external_port=2222, internal_port=22)
    for method, path, body, kind in (
        ("DELETE", f"/v2.0/floatingips/{ground.floating_ip['id']}", None, "FipInUseByPortForwarding"),
        (
            "PUT",
            f"/v2.0/floatingips/{ground.floating_ip['id']}",
            {"floatingip": {"port_id": ground.port["id"]}},
            "FipInUseByPortForwarding",
        ),
        (
            "PUT",
            f"/v2.0/routers/{course.router['id']}",
            {"router": {"external_gateway_info": {}}},
            "RouterExternalGatewayInUseByFloatingIp",
        ),
        (
            "PUT",
            f"/v2.0/routers/{course.router['id']}/remove_router_interface",
            {"subnet_id": course.subnet["id"]},
            "RouterInterfaceInUseByFloatingIP",
        ),
    ):
        answer = await api.ask(method, path, body)
        assert (answer.status, answer.error["type"]) == (409, kind)
    second = {"router": {"external_gateways": [{"network_id": course.outside["id"]}]}}
    answer = await api.ask("PUT", f"/v2.0/routers/{course.router['id']}/add_external_gateways", second)
    assert answer.status == 400
    assert "several gateways" in answer.error["message"]
    await api.remove("port", ground.port["id"])
    assert (await ground.ask("GET")).body["port_forwardings"] == []
    assert ((await ground.again())["status"], (await ground.again())["router_id"]) == ("DOWN", None)
    await ground.balancers(0)
    await api.remove("floatingip", ground.floating_ip["id"])


async def test_floating_ip_and_forwarding_do_not_meet_at_one_port(ground: Ground) -> None:
    api = ground.api
    taken = await api.make("floatingip", floating_network_id=ground.course.outside["id"], port_id=ground.port["id"])
    answer = await ground.ask("POST", **ground.draft(external_port=1, internal_port=1))
    assert (answer.status, answer.error["type"]) == (409, "PortHasBindingFloatingIP")
    other = await api.make("port", network_id=ground.course.network["id"])
    draft = {"internal_port_id": other["id"], "protocol": "tcp", "external_port": 1, "internal_port": 1}
    answer = await api.ask("POST", path_of(taken), {"port_forwarding": draft})
    assert (answer.status, answer.error["type"]) == (409, "FloatingIPPortAlreadyAssociated")


REFUSED = [
    ({"external_port": 2222, "internal_port": 81}, 400, "external_port_range"),
    ({"external_port": 81, "internal_port": 22}, 400, "internal_port_range"),
    ({"external_port_range": "2200:2300", "internal_port_range": "100:200"}, 400, "2200:2300"),
    ({"external_port": 70000, "internal_port": 22}, 400, "external_port"),
    ({"external_port": 0, "internal_port": 22}, 400, "external_port"),
    ({"external_port_range": "9:5", "internal_port": 1}, 400, "ends before"),
    ({"external_port_range": "1:70000", "internal_port": 1}, 400, "external_port_range"),
    ({"external_port_range": "5:9", "internal_port_range": "1:2"}, 400, "N-N or 1-N"),
    ({"external_port_range": "1:3000", "internal_port": 1}, 400, "at most 2048"),
    ({"external_port": 5, "external_port_range": "6:6", "internal_port": 1}, 400, "different ports"),
    ({"external_port": 5}, 400, "internal_port"),
    ({"external_port": 5, "internal_port": 5, "protocol": "icmp"}, 400, "protocol"),
    ({"external_port": 5, "internal_port": 5, "internal_port_id": NOWHERE}, 404, "PortNotFound"),
    ({"external_port": 5, "internal_port": 5, "internal_ip_address": "10.50.0.77"}, 400, "internal_ip_address"),
]


async def test_refused_forwardings_change_nothing(ground: Ground) -> None:
    made = await ground.make(external_port=2222, internal_port=22)
    await ground.make(external_port=2222, internal_port=22, protocol="udp")
    foreign = await ground.api.make("network", who="bob")
    await make_subnet(ground.api, foreign, "10.88.0.0/24", who="bob")
    hidden = await ground.api.make("port", who="bob", network_id=foreign["id"])
    unrouted = await ground.api.make("network")
    await make_subnet(ground.api, unrouted, "10.89.0.0/24")
    lonely = await ground.api.make("port", network_id=unrouted["id"])
    more = [
        ({"external_port": 5, "internal_port": 5, "internal_port_id": hidden["id"]}, 404, "PortNotFound"),
        (
            {
                "external_port": 5,
                "internal_port": 5,
                "internal_port_id": lonely["id"],
                "internal_ip_address": lonely["fixed_ips"][0]["ip_address"],
            },
            400,
            "not reachable",
        ),
    ]
    before = await ground.api.dump()
    for said, status, words in [*REFUSED, *more]:
        answer = await ground.ask("POST", **ground.draft(**said))
        assert answer.status == status, (said, answer.body)
        assert words in f"{answer.error['type']} {answer.error['message']}", said
    for said, words in (({"external_port_range": "1:2"}, ""), ({"external_port": 0}, "external_port")):
        answer = await ground.ask("PUT", made, **said)
        assert (answer.status == 400) == bool(words), answer.body
        if not words:
            assert (await ground.ask("PUT", made, external_port=2222)).status == 200
    assert (await ground.ask("PUT", {"id": NOWHERE}, external_port=9)).error["type"] == "PortForwardingNotFound"
    after = await ground.api.dump()
    assert after["port_forwardings"] != before["port_forwardings"]
    assert {name: rows for name, rows in after.items() if name not in ("port_forwardings", "floating_ips")} == {
        name: rows for name, rows in before.items() if name not in ("port_forwardings", "floating_ips")
    }


async def test_threat_p3_forwarding_is_found_below_its_own_floating_ip_alone(ground: Ground) -> None:
    api = ground.api
    mine = await ground.make(external_port=2222, internal_port=22)
    own = await api.make("floatingip", who="bob", floating_network_id=ground.course.outside["id"])
    before = await api.dump()
    for method, body in (
        ("GET", None),
        ("PUT", {"port_forwarding": {"internal_port": 23}}),
        ("DELETE", None),
    ):
        swapped = await api.ask(method, path_of(own, mine), body, who="bob")
        absent = await api.ask(method, path_of(own, {"id": NOWHERE}), body, who="bob")
        assert (swapped.status, swapped.error["type"]) == (404, "PortForwardingNotFound")
        assert swapped.error["message"].replace(mine["id"], NOWHERE) == absent.error["message"]
        hidden = await api.ask(method, path_of(ground.floating_ip, mine), body, who="bob")
        assert (hidden.status, hidden.error["type"]) == (404, "FloatingIPNotFound")
    answer = await ground.ask("POST", who="bob", **ground.draft(external_port=1, internal_port=1))
    assert (answer.status, answer.error["type"]) == (404, "FloatingIPNotFound")
    assert await api.dump() == before


async def test_racing_forwardings_of_one_external_port_leave_one(ground: Ground) -> None:
    ports = [await ground.api.make("port", network_id=ground.course.network["id"]) for _ in range(4)]
    drafts = [
        ground.draft(
            internal_port_id=port["id"],
            internal_ip_address=port["fixed_ips"][0]["ip_address"],
            external_port=99,
            internal_port=9,
        )
        for port in ports
    ]
    answers = await asyncio.gather(*(ground.ask("POST", **draft) for draft in drafts))
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400]
    assert len((await ground.ask("GET")).body["port_forwardings"]) == 1
