"""An address that two guests take over from each other: announced, followed, and admitted by the group of its holder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from deploy.lab.daemons.waiting import until
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals

pytestmark = pytest.mark.real
VIP = "10.0.0.100"
OPEN = [{"direction": way} for way in ("ingress", "egress")]


@dataclass
class Cluster:
    """Two guests of `group` that may speak as VIP, the port that holds it, and a router to `elsewhere`."""

    lab: Laboratory
    network: dict[str, Any]
    elsewhere: dict[str, Any]
    group: dict[str, Any]
    vip: dict[str, Any]
    members: list[dict[str, Any]]

    async def take_over(self, guest: Guest) -> None:
        """The guest claims the address, as keepalived does."""
        await guest.run("ip", "address", "add", f"{VIP}/24", "dev", "eth0")
        claim = ARP(op=1, hwsrc=guest.mac, psrc=VIP, pdst=VIP)
        await guest.send(*[Ether(src=guest.mac, dst="ff:ff:ff:ff:ff:ff") / claim] * 2)

    async def release(self, guest: Guest) -> None:
        await guest.run("ip", "address", "del", f"{VIP}/24", "dev", "eth0")

    async def switch_port(self) -> dict[str, Any]:
        rows = await self.lab.api.ovn.northbound.rows("Logical_Switch_Port")
        return next(row for row in rows if row["name"] == self.vip["id"])


@pytest.fixture
async def cluster(lab: Laboratory) -> AsyncIterator[Cluster]:
    network, subnet = await lab.network("10.0.0.0/24")
    elsewhere, subnet_elsewhere = await lab.network("10.9.0.0/24")
    await lab.router(subnet, subnet_elsewhere, external=False)
    group = await lab.group(*OPEN)
    vip = await lab.api.make("port", network_id=network["id"], fixed_ips=[{"ip_address": VIP}])
    said = {"security_groups": [group["id"]], "allowed_address_pairs": [{"ip_address": VIP}]}
    members = [await lab.api.make("port", network_id=network["id"], **said) for _ in range(2)]
    return Cluster(lab, network, elsewhere, group, vip, members)


async def test_address_moves_between_the_guests_that_may_have_it(cluster: Cluster) -> None:
    """For a neighbour and from behind a router, with the port of the address as a virtual one that is up."""
    lab = cluster.lab
    near = await lab.api.make("port", network_id=cluster.network["id"])
    far = await lab.api.make("port", network_id=cluster.elsewhere["id"])
    assert (await cluster.switch_port())["type"] == "virtual"
    async with lab.plugged(*cluster.members, near, far) as (one, other, neighbour, stranger):
        holder, spare = one, other
        for _ in range(2):
            await cluster.take_over(holder)
            for asker in (neighbour, stranger):
                async with holder.sniffing() as seen:
                    assert await asker.reaches(VIP)
                    assert any(frame.haslayer(IP) and frame[IP].dst == VIP for frame in seen.frames)
            await _until_active(lab, cluster.vip["id"])
            await cluster.release(holder)
            holder, spare = spare, holder


async def _until_active(lab: Laboratory, port_id: str) -> None:
    async def is_active() -> bool:
        return (await lab.api.show("port", port_id))["status"] == "ACTIVE"

    await until(is_active, 10)


async def test_port_is_virtual_as_long_as_others_may_have_its_address(cluster: Cluster) -> None:
    api = cluster.lab.api
    for member in cluster.members:
        row = await cluster.switch_port()
        assert row["type"] == "virtual"
        assert member["id"] in dict(row["options"][1])["virtual-parents"].split(",")
        await api.change("port", member["id"], allowed_address_pairs=[])
    assert (await cluster.switch_port())["type"] == ""
    assert "virtual-ip" not in dict((await cluster.switch_port())["options"][1])
    late = await api.make("port", network_id=cluster.network["id"], allowed_address_pairs=[{"ip_address": VIP}])
    assert (await cluster.switch_port())["type"] == "virtual"
    await api.remove("port", late["id"])
    assert (await cluster.switch_port())["type"] == ""


async def test_group_of_a_guest_admits_its_address_pairs(cluster: Cluster) -> None:
    """And no longer when the pair, or the member, is gone."""
    lab, api = cluster.lab, cluster.lab.api
    inner = await lab.group(
        {"remote_group_id": cluster.group["id"]}, {"protocol": "udp", "port_range_min": 9, "port_range_max": 9}
    )
    server = await api.make("port", network_id=cluster.network["id"], security_groups=[inner["id"]])
    async with lab.plugged(cluster.members[0], server, silent=True) as (guest, target):
        link = Ether(src=guest.mac, dst=target.mac)
        probe = link / IP(src=guest.ip, dst=target.ip) / UDP(sport=9, dport=9)
        numbers = iter(range(5000, 5100))

        async def is_admitted() -> bool:
            await lab.settled()
            asked = link / IP(src=VIP, dst=target.ip) / UDP(sport=next(numbers), dport=7)
            return await arrivals(guest, target, [asked], probe=probe) == [asked]

        assert await is_admitted()
        other_group = await lab.group(*OPEN)
        for member in cluster.members:
            await api.change("port", member["id"], security_groups=[other_group["id"]])
        assert not await is_admitted()
        await api.change("port", cluster.members[1]["id"], security_groups=[cluster.group["id"]])
        assert await is_admitted(), "a pair counts for the group of any port that has it"
        await api.remove("port", cluster.members[1]["id"])
        assert not await is_admitted()
