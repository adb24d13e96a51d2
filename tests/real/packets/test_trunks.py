"""A guest behind a trunk: under each tag it is a port of another network. Threat D1 holds behind a tag, too."""

import asyncio
import secrets
import socket
import struct
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet, Raw

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest

pytestmark = pytest.mark.real
SOL_PACKET, PACKET_AUXDATA = 263, 8
AUXDATA = struct.Struct("IIIHHHH")


def ip_of(port: dict[str, Any]) -> str:
    return port["fixed_ips"][0]["ip_address"]


def tagged(port: dict[str, Any], receiver: Guest, tag: int | None, **said: str) -> Packet:
    """A datagram as the guest behind the trunk sends it for one of its ports."""
    link = Ether(src=said.get("mac", port["mac_address"]), dst=receiver.mac)
    if tag is not None:
        link /= Dot1Q(vlan=tag)
    return link / IP(src=said.get("ip", ip_of(port)), dst=receiver.ip) / UDP(sport=7, dport=7)


async def tag_of_arrival(guest: Guest, sender: Guest, frame: Packet) -> int:
    """The VLAN tag under which the frame arrives at the guest; 0: none."""
    token = secrets.token_hex(8).encode()
    with guest.open_socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:
        wire.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        wire.bind((guest.device, 3))
        await sender.send(frame / Raw(token))
        async with asyncio.timeout(10):
            while True:
                await _readable(wire)
                seen, ancillary, _, _ = wire.recvmsg(65535, 256)
                if token in seen:
                    return AUXDATA.unpack(ancillary[0][2][: AUXDATA.size])[5] & 0xFFF


async def _readable(wire: socket.socket) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(wire, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(wire)


async def test_guest_is_a_port_of_another_network_under_each_tag(lab: Laboratory) -> None:
    networks = [(await lab.network(cidr))[0] for cidr in ("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24")]
    parent, red, blue = [await lab.api.make("port", network_id=network["id"]) for network in networks]
    friends = [await lab.api.make("port", network_id=network["id"]) for network in [*networks, networks[1]]]
    subports = [
        {"port_id": port["id"], "segmentation_type": "vlan", "segmentation_id": tag}
        for port, tag in ((red, 101), (blue, 102))
    ]
    trunk = await lab.api.make("trunk", port_id=parent["id"], sub_ports=subports)
    async with lab.plugged(parent, *friends, silent=True) as (box, untagged, in_red, in_blue, other_in_red):
        await lab.settled()
        assert await arrivals(box, untagged, [honest(box, untagged)]), "the parent's own traffic has no tag"
        true = tagged(red, in_red, 101)
        lies = [
            tagged(red, in_red, 102),
            tagged(red, in_red, 103),
            tagged(red, in_red, None),
            tagged(red, in_red, 101, ip="10.0.1.200"),
            tagged(red, in_red, 101, mac="fa:16:3e:00:00:99"),
            tagged(parent, in_red, 101),
        ]
        assert await arrivals(box, in_red, [*lies, true], probe=true) == [true]
        assert await arrivals(box, in_blue, [tagged(blue, in_blue, 102)], probe=tagged(blue, in_blue, 102))

        back = Ether(src=in_red.mac, dst=red["mac_address"]) / IP(src=in_red.ip, dst=ip_of(red)) / UDP(sport=7, dport=7)
        assert await tag_of_arrival(box, in_red, back) == 101
        assert (await lab.api.show("port", red["id"]))["status"] == "ACTIVE"
        assert (await lab.api.show("trunk", trunk["id"]))["status"] == "ACTIVE"

        path = f"/v2.0/trunks/{trunk['id']}/remove_subports"
        assert (await lab.api.ask("PUT", path, {"sub_ports": subports[:1]})).status == 200
        await lab.settled()
        async with in_red.sniffing() as seen:
            await box.send(true / Raw(b"from a port that is out of the trunk"))
            assert await arrivals(other_in_red, in_red, [honest(other_in_red, in_red)])
            assert not seen.holds(b"from a port that is out of the trunk")
        assert await arrivals(box, in_blue, [tagged(blue, in_blue, 102)], probe=tagged(blue, in_blue, 102))
