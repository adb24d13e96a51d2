"""QoS policies as packets meet them: limits of bandwidth in both directions, marks."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory

pytestmark = pytest.mark.real

KBPS = 2000
BLAST_S = 1.0
PAYLOAD_SIZE_BYTES = 1200
OFFERED_KBPS = 5 * KBPS
BLAST_PORT = 5001


async def a_policy(lab: Laboratory, kind: str, **rule: Any) -> str:
    body = {"policy": {"name": "a policy", "shared": True}}
    policy = (await lab.api.ask("POST", "/v2.0/qos/policies", body, who="admin")).body["policy"]
    path = f"/v2.0/qos/policies/{policy['id']}/{kind}_rules"
    assert (await lab.api.ask("POST", path, {f"{kind}_rule": rule}, who="admin")).status == 201
    return policy["id"]


async def follow(lab: Laboratory, guest: Guest, policy_id: str | None) -> None:
    await lab.api.change("port", guest.port["id"], qos_policy_id=policy_id)
    await lab.settled()


async def arriving_kbps(sender: Guest, receiver: Guest, *, link: Ether | None = None, address: str = "") -> float:
    """How much arrives of a steady stream of OFFERED_KBPS, which no window and no retransmission adapts.

    `link` and `address`: where the sender sends it, if not to the receiver itself.
    """
    frame = bytes(
        (link or Ether(src=sender.mac, dst=receiver.mac))
        / IP(src=sender.ip, dst=address or receiver.ip)
        / UDP(sport=BLAST_PORT, dport=BLAST_PORT)
        / Raw(bytes(PAYLOAD_SIZE_BYTES))
    )
    wire, loop = sender._wire(), asyncio.get_running_loop()
    per_second = OFFERED_KBPS * 1000 / 8 / len(frame)
    async with receiver.sniffing() as seen:
        begun = time.monotonic()
        sent = 0
        while (elapsed := time.monotonic() - begun) < BLAST_S:
            while sent < elapsed * per_second:
                await loop.sock_sendall(wire, frame)
                sent += 1
            await asyncio.sleep(0.005)
        size_bytes = sum(len(got) for got in seen.frames if UDP in got and got[UDP].dport == BLAST_PORT)
    return size_bytes * 8 / 1000 / BLAST_S


@pytest.fixture
async def guests(lab: Laboratory) -> AsyncIterator[list[Guest]]:
    network, _ = await lab.network("10.0.0.0/24")
    group = await lab.group({}, {"direction": "egress"})
    ports = [await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]]) for _ in range(2)]
    async with lab.plugged(*ports, silent=True) as plugged:
        yield plugged


async def test_limit_holds_in_its_direction_and_ends_with_its_policy(lab: Laboratory, guests: list[Guest]) -> None:
    sender, receiver = guests
    free = await arriving_kbps(sender, receiver)
    assert free > 0.8 * OFFERED_KBPS
    for limited, direction in ((sender, "egress"), (receiver, "ingress")):
        policy = await a_policy(lab, "bandwidth_limit", max_kbps=KBPS, max_burst_kbps=KBPS // 10, direction=direction)
        await follow(lab, limited, policy)
        assert await arriving_kbps(sender, receiver) == pytest.approx(KBPS, rel=0.25), direction
        assert await arriving_kbps(receiver, sender) > 0.8 * OFFERED_KBPS, f"the other way of {direction} is free"
        await follow(lab, limited, None)
    assert await arriving_kbps(sender, receiver) > 0.8 * OFFERED_KBPS


async def test_mark_is_in_the_frames_that_arrive(lab: Laboratory, guests: list[Guest]) -> None:
    sender, receiver = guests
    network_id = sender.port["network_id"]
    await lab.api.change("network", network_id, qos_policy_id=await a_policy(lab, "dscp_marking", dscp_mark=26))
    await lab.settled()
    datagram = Ether(src=sender.mac, dst=receiver.mac) / IP(src=sender.ip, dst=receiver.ip) / UDP(sport=1, dport=53)
    async with receiver.sniffing() as seen:
        await sender.send(datagram / Raw(b"marked?"))
        got = await seen.wait(lambda frame: UDP in frame and frame[UDP].dport == 53)
    assert got[IP].tos >> 2 == 26


async def test_limit_of_a_floating_ip_holds_where_it_is_translated(lab: Laboratory) -> None:
    network, subnet = await lab.network("10.0.0.0/24")
    await lab.router(subnet)
    group = await lab.group({}, {"direction": "egress"})
    port = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    said = {"floating_network_id": lab.external["id"], "port_id": port["id"]}
    floating_ip = await lab.api.make("floatingip", **said)
    address = floating_ip["floating_ip_address"]
    async with lab.plugged(port) as (guest,):
        assert await lab.outside.reaches(address)
        neighbours = await lab.outside.run("ip", "neigh", "show", address)
        mac = neighbours.split("lladdr ")[1].split()[0]
        own = (await lab.outside.run("ip", "-br", "link", "show", lab.outside.device)).split()[2]
        to_guest = {"link": Ether(src=own, dst=mac), "address": address}
        assert await arriving_kbps(lab.outside, guest, **to_guest) > 0.8 * OFFERED_KBPS
        rule = {"max_kbps": KBPS, "max_burst_kbps": KBPS // 10, "direction": "ingress"}
        limit = await a_policy(lab, "bandwidth_limit", **rule)
        await lab.api.change("floatingip", floating_ip["id"], qos_policy_id=limit)
        await lab.settled()
        assert await arriving_kbps(lab.outside, guest, **to_guest) == pytest.approx(KBPS, rel=0.25)
