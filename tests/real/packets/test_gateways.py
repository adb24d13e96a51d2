"""Several gateways, extra routes, distributed floating IPs and port forwardings, in packets."""

from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Ether

from deploy.lab.daemons.waiting import until
from tests.real.packets.guest import is_alive
from tests.real.packets.laboratory import ROUTER_OUTSIDE, Laboratory
from tests.real.packets.test_routing import open_port

pytestmark = pytest.mark.real
FLOWS = 20
FAR_AWAY = "198.51.100.7"


async def forward(lab: Laboratory, floating_ip: dict[str, Any], port: dict[str, Any], **said: Any) -> None:
    draft = {"protocol": "tcp", "internal_port_id": port["id"]} | said
    path = f"/v2.0/floatingips/{floating_ip['id']}/port_forwardings"
    answer = await lab.api.ask("POST", path, {"port_forwarding": draft})
    assert answer.status == 201, answer.body


async def test_two_gateways_share_what_leaves(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.20.0.0/24")
    router = await lab.router(subnet)
    path = f"/v2.0/routers/{router['id']}/add_external_gateways"
    more = {"router": {"external_gateways": [{"network_id": lab.external["id"]}]}}
    answer = await lab.api.ask("PUT", path, more)
    assert answer.status == 200, answer.body
    ways = {
        fixed["ip_address"]
        for gateway in answer.body["router"]["external_gateways"]
        for fixed in gateway["external_fixed_ips"]
        if "." in fixed["ip_address"]
    }
    port = await open_port(lab, network)

    async def seen_as() -> set[str]:
        async with lab.outside.listening(7), lab.outside.sniffing() as seen:
            for _ in range(FLOWS):
                assert await guest.connects(FAR_AWAY, 7)
            return {frame[IP].src for frame in seen.frames if frame.haslayer(IP)} & ways

    async with lab.plugged(port) as (guest,):
        await lab.outside.run("ip", "address", "add", f"{FAR_AWAY}/32", "dev", "lo")
        await lab.settled()
        assert len(await seen_as()) == 1
        await lab.api.change("router", router["id"], who="admin", enable_default_route_ecmp=True)
        await lab.settled()
        assert await seen_as() == ways
        await lab.outside.run("ip", "address", "del", f"{FAR_AWAY}/32", "dev", "lo")


async def test_extra_route_leads_to_what_is_behind_a_guest(lab: Laboratory) -> None:
    here, subnet_here = await lab.network("10.21.0.0/24")
    there, subnet_there = await lab.network("10.22.0.0/24")
    router = await lab.router(subnet_here, subnet_there, external=False)
    sender, hop = await open_port(lab, here), await open_port(lab, there)
    await lab.api.change("port", hop["id"], security_groups=[], port_security_enabled=False)
    async with lab.plugged(sender, hop) as (guest, gateway):
        await gateway.run("ip", "address", "add", "192.0.2.1/32", "dev", "lo")
        assert not await guest.reaches("192.0.2.1", within_s=0.4)
        route = {"destination": "192.0.2.0/24", "nexthop": gateway.ip}
        await lab.api.change("router", router["id"], routes=[route])
        await lab.settled()
        assert await guest.reaches("192.0.2.1")
        await lab.api.change("router", router["id"], routes=[])
        await lab.settled()
        assert not await guest.reaches("192.0.2.1", within_s=0.4)


async def test_distributed_floating_ip_leaves_from_its_own_host_while_its_port_is_up(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.23.0.0/24")
    router = await lab.router(subnet)
    port = await open_port(lab, network)
    floating_ip = await lab.api.make("floatingip", floating_network_id=lab.external["id"], port_id=port["id"])
    address = floating_ip["floating_ip_address"]
    (reservation,) = await lab.api.find(f"ports?device_id={floating_ip['id']}", who="admin")
    await lab.api.ovn.wait_rows("NB", "NAT", 1, external_ip=address, external_mac=["set", []])

    async def mac_of_a_ping() -> str:
        async with lab.outside.sniffing() as seen:
            assert await guest.reaches(ROUTER_OUTSIDE)
            echo = await seen.wait(lambda frame: frame.haslayer(ICMP) and frame[IP].src == address)
            return echo[Ether].src

    async with lab.plugged(port) as (guest,):
        await lab.settled()
        (gateway,) = await lab.api.find(
            f"ports?device_id={router['id']}&device_owner=network:router_gateway", who="admin"
        )
        assert await mac_of_a_ping() == gateway["mac_address"]
        await lab.api.change("router", router["id"], who="admin", distributed=True)
        await lab.api.ovn.wait_rows("NB", "NAT", 1, external_ip=address, external_mac=reservation["mac_address"])
        await lab.settled()
        assert await mac_of_a_ping() == reservation["mac_address"]
        assert await lab.outside.reaches(address)
    await lab.api.ovn.wait_rows("NB", "NAT", 1, external_ip=address, external_mac=["set", []])


async def test_forwarded_ports_lead_to_their_guests_from_outside_and_from_beside(lab: Laboratory) -> None:
    here, subnet_here = await lab.network("10.24.0.0/24")
    there, subnet_there = await lab.network("10.25.0.0/24")
    await lab.router(subnet_here, subnet_there)
    ports = [await open_port(lab, network) for network in (here, here, there)]
    floating_ip = await lab.api.make("floatingip", floating_network_id=lab.external["id"])
    address = floating_ip["floating_ip_address"]
    await forward(lab, floating_ip, ports[0], external_port=8080, internal_port=80)
    await forward(lab, floating_ip, ports[0], protocol="udp", external_port=5353, internal_port=53)
    await forward(lab, floating_ip, ports[1], external_port_range="9000:9002", internal_port_range="90:92")
    async with lab.plugged(*ports) as (web, other, stranger), web.listening(80), web.answering(53), other.listening(92):
        await lab.settled()
        assert await lab.outside.connects(address, 8080)
        assert await lab.outside.asks(address, 5353)
        assert await lab.outside.connects(address, 9002)
        assert not await lab.outside.connects(address, 22, within_s=0.4)
        for neighbour in (stranger, other, web):
            assert await neighbour.connects(address, 8080), "from behind the same router, and from itself"
        assert await web.reaches(ROUTER_OUTSIDE), "what it asks for itself leaves by source NAT"

        (first, *_) = (await lab.api.show("floatingip", floating_ip["id"]))["port_forwardings"]
        path = f"/v2.0/floatingips/{floating_ip['id']}/port_forwardings/{first['id']}"
        assert (await lab.api.ask("DELETE", path)).status == 204
        await lab.settled()
        assert first["external_port"] == 8080
        assert not await lab.outside.connects(address, 8080, within_s=0.5)
        assert await lab.outside.asks(address, 5353), "the others stay"


async def test_threat_n9_open_connection_ends_with_its_floating_ip(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.26.0.0/24")
    await lab.router(subnet)
    port = await open_port(lab, network)
    floating_ip = await lab.api.make("floatingip", floating_network_id=lab.external["id"], port_id=port["id"])
    async with lab.plugged(port) as (guest,), guest.listening(80):
        await lab.settled()
        with await lab.outside.dial(floating_ip["floating_ip_address"], 80) as talk:
            assert await is_alive(talk)
            await lab.api.change("floatingip", floating_ip["id"], port_id=None)

            async def is_dead() -> bool:
                return not await is_alive(talk, within_s=0.3)

            await until(is_dead, 2)
