"""Routers, source NAT, floating IPs and MTUs, in packets."""

import asyncio
import socket
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP

from deploy.lab.daemons.waiting import until
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import ROUTER_OUTSIDE, ROUTER_OUTSIDE6, Laboratory

pytestmark = pytest.mark.real
OPEN = [{"ethertype": family, "direction": way} for family in ("IPv4", "IPv6") for way in ("ingress", "egress")]
IP_MTU, IPV6_MTU = 14, 24
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, ALWAYS = 10, 23, 2
OUTER_MTU, INNER_MTU = 1500, 1442


async def open_port(lab: Laboratory, network: dict[str, Any], **said: Any) -> dict[str, Any]:
    group = await lab.group(*OPEN)
    return await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]], **said)


async def test_router_leads_between_its_subnets_by_both_protocols(lab: Laboratory) -> None:
    here, *subnets_here = await lab.network("10.1.0.0/24", "2001:db8:1::/64")
    there, *subnets_there = await lab.network("10.2.0.0/24", "2001:db8:2::/64")
    ports = [await open_port(lab, network) for network in (here, there)]
    async with lab.plugged(*ports) as (one, other), other.answering(7), other.answering(7, socket.AF_INET6):
        assert not await one.reaches(other.ip, within_s=0.4)
        router = await lab.router(*subnets_here, *subnets_there, external=False)
        await lab.settled()
        assert await one.reaches(other.ip)
        assert await one.reaches(other.ip6)
        assert await one.asks(other.ip, 7)
        assert await one.asks(other.ip6, 7)

        said = {"subnet_id": subnets_there[0]["id"]}
        path = f"/v2.0/routers/{router['id']}/remove_router_interface"
        assert (await lab.api.ask("PUT", path, said)).status == 200
        await lab.settled()
        assert not await one.reaches(other.ip, within_s=0.4)
        assert await one.reaches(other.ip6), "the other interface stays"


async def test_guests_leave_by_source_nat_and_nobody_enters(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.3.0.0/24")
    router = await lab.router(subnet)
    port = await open_port(lab, network)
    (outside, _) = router["external_gateway_info"]["external_fixed_ips"]
    async with lab.plugged(port) as (guest,), guest.answering(7), lab.outside.sniffing() as seen:
        assert await guest.reaches(ROUTER_OUTSIDE)
        request = await seen.wait(lambda frame: frame.haslayer(ICMP) and frame[ICMP].type == 8)
        assert request[IP].src == outside["ip_address"]
        await lab.outside.run("ip", "route", "add", "10.3.0.0/24", "via", outside["ip_address"])
        assert not await lab.outside.asks(outside["ip_address"], 7, within_s=0.4)


async def test_router_without_source_nat_shows_the_guest(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.4.0.0/24")
    gateway = {"network_id": lab.external["id"], "enable_snat": False}
    router = await lab.api.make("router", who="admin", external_gateway_info=gateway, project_id="red")
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    assert (await lab.api.ask("PUT", path, {"subnet_id": subnet["id"]})).status == 200
    port = await open_port(lab, network)
    way = router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"]
    async with lab.plugged(port) as (guest,), lab.outside.sniffing() as seen:
        await lab.outside.run("ip", "route", "add", "10.4.0.0/24", "via", way)
        assert await guest.reaches(ROUTER_OUTSIDE)
        request = await seen.wait(lambda frame: frame.haslayer(ICMP) and frame[ICMP].type == 8)
        assert request[IP].src == guest.ip
        assert await lab.outside.reaches(guest.ip)


async def test_floating_ip_leads_both_ways_until_it_is_taken_away(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.5.0.0/24")
    await lab.router(subnet)
    ports = [await open_port(lab, network) for _ in range(2)]
    floating = await lab.api.make("floatingip", floating_network_id=lab.external["id"], port_id=ports[0]["id"])
    address = floating["floating_ip_address"]
    async with lab.plugged(*ports) as (one, other), one.listening(80), other.listening(80):
        await lab.settled()
        assert await lab.outside.connects(address, 80)
        async with lab.outside.sniffing() as seen:
            assert await one.reaches(ROUTER_OUTSIDE)
            request = await seen.wait(lambda frame: frame.haslayer(ICMP) and frame[ICMP].type == 8)
            assert request[IP].src == address
        assert await other.connects(address, 80), "and so does a neighbour behind the same router"

        await lab.api.change("floatingip", floating["id"], port_id=ports[1]["id"])
        await lab.settled()
        async with other.sniffing() as seen:
            assert await lab.outside.connects(address, 80)
            assert any(frame.haslayer(IP) and frame[IP].dst == other.ip for frame in seen.frames)

        await lab.api.change("floatingip", floating["id"], port_id=None)
        await lab.settled()
        assert not await lab.outside.connects(address, 80, within_s=0.5)


async def test_ipv6_goes_through_the_gateway_untranslated(lab: Laboratory) -> None:
    network, subnet = await lab.network("2001:db8:6::/64")
    router = await lab.router(subnet)
    (_, way) = router["external_gateway_info"]["external_fixed_ips"]
    port = await open_port(lab, network)
    async with lab.plugged(port) as (guest,):
        await lab.outside.run("ip", "route", "add", "2001:db8:6::/64", "via", way["ip_address"])
        assert await guest.reaches(ROUTER_OUTSIDE6)
        assert await lab.outside.reaches(guest.ip6)


async def mtu_found(sender: Guest, address: str) -> int:
    """The largest packet that gets through, as the sender learns it when it forbids fragments."""
    six = ":" in address
    with sender.open_socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as talking:
        level, discover, known = (
            (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_MTU) if six else (socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_MTU)
        )
        talking.setsockopt(level, discover, ALWAYS)
        await asyncio.get_running_loop().sock_connect(talking, (address, 7))

        async def is_told() -> bool:
            try:
                talking.send(bytes(OUTER_MTU - 48))
            except OSError:
                return True
            return talking.getsockopt(level, known) != OUTER_MTU

        await until(is_told, 5, every_s=0.1)
        return talking.getsockopt(level, known)


async def test_router_says_what_is_too_big(lab: Laboratory) -> None:
    """Fragmentation needed, and packet too big: what comes from an outside whose frames are larger."""
    network, *subnets = await lab.network("10.7.0.0/24", "2001:db8:7::/64")
    router = await lab.router(*subnets)
    (_, way) = router["external_gateway_info"]["external_fixed_ips"]
    port = await open_port(lab, network)
    floating = await lab.api.make("floatingip", floating_network_id=lab.external["id"], port_id=port["id"])
    async with lab.plugged(port) as (guest,):
        await lab.settled()
        await lab.outside.run("ip", "route", "add", "2001:db8:7::/64", "via", way["ip_address"])
        assert await lab.outside.reaches(floating["floating_ip_address"])
        assert await mtu_found(lab.outside, floating["floating_ip_address"]) == INNER_MTU
        assert await lab.outside.reaches(guest.ip6)
        assert await mtu_found(lab.outside, guest.ip6) == INNER_MTU
