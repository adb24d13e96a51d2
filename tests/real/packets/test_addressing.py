"""What a guest learns from the network: DHCP, and IPv6 in its three modes."""

import json
from typing import Any

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LL,
    DHCP6_Advertise,
    DHCP6_InfoRequest,
    DHCP6_Reply,
    DHCP6_Request,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptDNSServers,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptServerId,
)
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6NDOptMTU, ICMPv6NDOptPrefixInfo, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from deploy.lab.daemons.waiting import until
from tests.real.packets.guest import Guest
from tests.real.packets.inside import read_kernel
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import link_local

pytestmark = pytest.mark.real
MTU = 1442
DNS, DNS6 = "9.9.9.9", "2001:db8:53::53"
RELAYS, RELAYS_MAC = "ff02::1:2", "33:33:00:01:00:02"


async def guest_port(lab: Laboratory, mode: str, third: int) -> tuple[dict[str, Any], str]:
    """(port on a network of an IPv6 subnet of that mode, with a router; the prefix)"""
    prefix = f"2001:db8:{third}::"
    network = await lab.api.make("network")
    subnet = await lab.api.make(
        "subnet",
        network_id=network["id"],
        ip_version=6,
        cidr=f"{prefix}/64",
        ipv6_ra_mode=mode,
        ipv6_address_mode=mode,
        dns_nameservers=[DNS6],
    )
    await lab.router(subnet, external=False)
    return await lab.api.make("port", network_id=network["id"]), prefix


async def advertised(guest: Guest) -> Packet:
    """The router's answer to a solicitation."""
    solicitation = IPv6(src=link_local(guest.mac), dst="ff02::2", hlim=255) / ICMPv6ND_RS()
    async with guest.sniffing() as seen:
        await guest.send(Ether(src=guest.mac, dst="33:33:00:00:00:02") / solicitation)
        return await seen.wait(lambda frame: frame.haslayer(ICMPv6ND_RA))


async def exchanged(guest: Guest, message: Packet, answer: type[Packet]) -> Packet:
    """What the DHCPv6 server says to a message of the guest."""
    way = Ether(src=guest.mac, dst=RELAYS_MAC) / IPv6(src=link_local(guest.mac), dst=RELAYS) / UDP(sport=546, dport=547)
    async with guest.sniffing() as seen:
        await guest.send(way / message / DHCP6OptClientId(duid=DUID_LL(lladdr=guest.mac)))
        return await seen.wait(lambda frame: frame.haslayer(answer))


async def test_slaac_guest_makes_the_address_that_its_port_has(lab: Laboratory) -> None:
    port, prefix = await guest_port(lab, "slaac", 0xA1)
    async with lab.plugged(port, automatic=True) as (guest,):
        told = await advertised(guest)
        assert (told[ICMPv6ND_RA].M, told[ICMPv6ND_RA].O) == (0, 0)
        assert told[ICMPv6NDOptMTU].mtu == MTU
        said = told[ICMPv6NDOptPrefixInfo]
        assert (said.prefix, said.prefixlen, said.A) == (prefix, 64, 1)

        async def has_address() -> bool:
            (link,) = json.loads(await guest.run("ip", "-j", "-6", "address", "show", "dev", "eth0"))
            return port["fixed_ips"][0]["ip_address"] in {each["local"] for each in link["addr_info"]}

        await until(has_address, 5)
        assert read_kernel(guest.namespace, "ipv6.conf.eth0.mtu") == str(MTU)
        assert await guest.reaches(f"{prefix}1"), "the router, by the address that the guest made"


async def test_stateless_guest_makes_its_address_and_asks_for_the_rest(lab: Laboratory) -> None:
    port, _ = await guest_port(lab, "dhcpv6-stateless", 0xA2)
    async with lab.plugged(port, silent=True) as (guest,):
        told = await advertised(guest)
        assert (told[ICMPv6ND_RA].M, told[ICMPv6ND_RA].O, told[ICMPv6NDOptPrefixInfo].A) == (0, 1, 1)
        reply = await exchanged(guest, DHCP6_InfoRequest(trid=7), DHCP6_Reply)
        assert reply[DHCP6OptDNSServers].dnsservers == [DNS6]
        assert not reply.haslayer(DHCP6OptIAAddress)


async def test_stateful_guest_is_given_the_address_of_its_port(lab: Laboratory) -> None:
    port, _ = await guest_port(lab, "dhcpv6-stateful", 0xA3)
    async with lab.plugged(port, silent=True) as (guest,):
        told = await advertised(guest)
        assert told[ICMPv6ND_RA].M == 1
        assert not told.haslayer(ICMPv6NDOptPrefixInfo) or told[ICMPv6NDOptPrefixInfo].A == 0
        wanted = DHCP6OptIA_NA(iaid=7)
        offer = await exchanged(guest, DHCP6_Solicit(trid=7) / wanted, DHCP6_Advertise)
        assert offer[DHCP6OptIAAddress].addr == guest.ip6
        server = DHCP6OptServerId(duid=offer[DHCP6OptServerId].duid)
        reply = await exchanged(guest, DHCP6_Request(trid=8) / server / wanted, DHCP6_Reply)
        assert reply[DHCP6OptIAAddress].addr == guest.ip6
        assert reply[DHCP6OptDNSServers].dnsservers == [DNS6]


async def test_dhcp_tells_address_gateway_names_and_mtu_though_no_group_lets_it_ask(lab: Laboratory) -> None:
    network = await lab.api.make("network", mtu=1300)
    said = {"ip_version": 4, "cidr": "10.8.0.0/24", "dns_nameservers": [DNS]}
    await lab.api.make("subnet", network_id=network["id"], **said)
    port = await lab.api.make("port", network_id=network["id"], security_groups=[])
    async with lab.plugged(port, silent=True) as (guest,), guest.sniffing() as seen:
        mac = bytes.fromhex(guest.mac.replace(":", ""))
        way = Ether(src=guest.mac) / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
        wanted = ("param_req_list", [1, 3, 6, 26, 121])
        await guest.send(way / BOOTP(chaddr=mac, xid=7) / DHCP(options=[("message-type", "discover"), wanted, "end"]))
        offer = await seen.wait(lambda frame: frame.haslayer(DHCP))
        told = dict(option[:2] for option in offer[DHCP].options if isinstance(option, tuple))
        assert offer[BOOTP].yiaddr == guest.ip
        assert (told["router"], told["name_server"], told["interface-mtu"]) == ("10.8.0.1", DNS, 1300)
