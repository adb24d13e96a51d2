"""Threat N2: what a tenant says of a port's owner switches no filter off."""

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest

pytestmark = pytest.mark.real
LETS_IN = {"protocol": "udp", "port_range_min": 7, "port_range_max": 7}


async def test_threat_n2_owner_said_by_a_tenant_leaves_a_port_filtered(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    group = await lab.group(LETS_IN, {"direction": "egress"})
    ports = [
        await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]], device_owner=owner)
        for owner in ("", "compute:nova")
    ]
    for owner in ("network:dhcp", "network:router_interface", "network:distributed", "network:floatingip", "network:"):
        answer = await lab.api.ask("PUT", f"/v2.0/ports/{ports[0]['id']}", {"port": {"device_owner": owner}})
        assert answer.status == 403, (owner, answer.body)
    for owner in ("neutron:dhcp", " network:dhcp", "Network:dhcp", "trunk", "baremetal:none"):
        answer = await lab.api.ask("PUT", f"/v2.0/ports/{ports[0]['id']}", {"port": {"device_owner": owner}})
        assert answer.status == 200, (owner, answer.body)
    async with lab.plugged(*ports, silent=True) as (liar, victim):
        await lab.settled()
        lies = [
            Ether(src="fa:16:3e:00:00:99", dst=victim.mac) / IP(src=liar.ip, dst=victim.ip) / UDP(sport=7, dport=7),
            Ether(src=liar.mac, dst=victim.mac) / IP(src="10.0.0.200", dst=victim.ip) / UDP(sport=7, dport=7),
            Ether(src=liar.mac, dst=victim.mac) / IP(src=liar.ip, dst=victim.ip) / UDP(sport=7, dport=8),
        ]
        assert await arrivals(liar, victim, lies) == []
        assert await arrivals(victim, liar, [honest(victim, liar)])
