"""Tenants are apart, whatever their addresses; nobody sends from what is not theirs."""

import json

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Ether

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest, link_local

pytestmark = pytest.mark.real


async def test_two_tenants_with_one_cidr_never_meet(lab: Laboratory) -> None:
    """Same addresses, same names, a router each: each reaches its own neighbour and nobody else's."""
    pairs: dict[str, list[dict]] = {}
    for who in ("alice", "bob"):
        network, subnet = await lab.network("10.0.0.0/24", who=who)
        await lab.router(subnet, who=who)
        pairs[who] = [
            await lab.api.make("port", who=who, network_id=network["id"], fixed_ips=[{"ip_address": f"10.0.0.{host}"}])
            for host in (10, 11)
        ]
    lonely, _ = await lab.network("10.0.0.0/24", who="bob")
    stranger = await lab.api.make("port", who="bob", network_id=lonely["id"], fixed_ips=[{"ip_address": "10.0.0.12"}])
    guests = lab.plugged(*pairs["alice"], *pairs["bob"], stranger)
    async with (
        guests as (one, other, blue_one, blue_other, alone),
        other.sniffing() as red,
        blue_other.sniffing() as blue,
    ):
        assert await one.reaches("10.0.0.11")
        assert await blue_one.reaches("10.0.0.11")
        assert not await alone.reaches("10.0.0.11", within_s=0.5)
        assert {frame.src for frame in red.frames if frame.haslayer(IP)} == {one.mac}
        assert {frame.src for frame in blue.frames if frame.haslayer(IP)} == {blue_one.mac}


async def test_threat_n10_port_without_address_is_heard_by_nobody(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    permissive = await lab.group({}, {"direction": "egress"})
    mute_port = await lab.api.make("port", network_id=network["id"], fixed_ips=[], security_groups=[permissive["id"]])
    ports = [await lab.api.make("port", network_id=network["id"], security_groups=[permissive["id"]]) for _ in range(2)]
    async with lab.plugged(mute_port, *ports, silent=True) as (mute, witness, victim), victim.sniffing() as seen:
        frames = [
            Ether(src=mute.mac, dst=victim.mac) / IP(src=source, dst=victim.ip) / UDP(sport=7, dport=7)
            for source in ("10.0.0.77", "0.0.0.0", witness.ip, "8.8.8.8")
        ]
        await mute.send(*frames)
        assert await arrivals(witness, victim, [honest(witness, victim)])
        assert not [frame for frame in seen.frames if frame.src == mute.mac and frame.haslayer(IP)]


async def test_threat_d7_guest_reaches_no_address_of_its_host(lab: Laboratory) -> None:
    """The kernel hears the frames of a tap beside the switch: it must not answer, whichever address is asked for."""
    network, subnet, _ = await lab.network("10.0.0.0/24", "2001:db8::/64")
    await lab.router(subnet)
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    async with lab.plugged(*ports) as (guest, friend), lab.chassis.listening_address("192.0.2.77") as of_the_host:
        assert await guest.reaches(friend.ip)
        await guest.run("ip", "route", "add", f"{of_the_host}/32", "dev", "eth0")
        device = json.loads(await lab.chassis.run("ip", "-j", "address", "show", "dev", guest.tap))
        assert device[0]["addr_info"] == []
        async with guest.sniffing() as seen:
            source, card = link_local(guest.mac), device[0]["address"]
            await guest.send(
                Ether(src=guest.mac) / IPv6(src=source, dst="ff02::1") / ICMPv6EchoRequest(),
                Ether(src=guest.mac, dst=card) / IPv6(src=source, dst=link_local(card)) / ICMPv6EchoRequest(),
                Ether(src=guest.mac, dst=card) / IP(src=guest.ip, dst=of_the_host) / ICMP(),
            )
            assert not await guest.reaches(of_the_host, within_s=0.4)
            assert await guest.reaches(friend.ip)
            assert card not in {frame.src for frame in seen.frames}


async def test_threat_n15_address_of_the_gateway_is_nobody_elses(lab: Laboratory) -> None:
    """Who claims the gateway's address by ARP is not believed by the neighbours, and the gateway stays reachable."""
    network, subnet = await lab.network("10.0.0.0/24")
    await lab.router(subnet)
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    async with lab.plugged(ports[0]) as (victim,), lab.plugged(ports[1], silent=True) as (liar,):
        assert await victim.reaches("10.0.0.1")
        claim = ARP(op=2, hwsrc=liar.mac, psrc="10.0.0.1", hwdst=victim.mac, pdst=victim.ip)
        await liar.send(*[Ether(src=liar.mac, dst=victim.mac) / claim] * 3)
        assert await victim.reaches("10.0.0.1")
        assert await _neighbour(victim, "10.0.0.1") != liar.mac


async def _neighbour(guest: Guest, address: str) -> str:
    """Where the guest believes the address to be."""
    return (await guest.run("ip", "neighbour", "show", address)).split()[4]
