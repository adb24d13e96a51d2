"""Rules that name an address group decide over packets by the group's addresses, while these change."""

from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals

pytestmark = pytest.mark.real
PROBE = {"protocol": "udp", "port_range_min": 9, "port_range_max": 9}


async def test_threat_n8_traffic_follows_the_addresses_of_a_group(lab: Laboratory) -> None:
    api = lab.api
    addresses = await api.make("address_group")
    named = {"remote_address_group_id": addresses["id"], "protocol": "udp"}
    group = await lab.group(PROBE, named, named | {"ethertype": "IPv6"})
    network, *_ = await lab.network("10.0.0.0/24", "2001:db8::/64")
    sending = await lab.group({"direction": "egress"}, {"direction": "egress", "ethertype": "IPv6"})
    ports = [
        await api.make("port", network_id=network["id"], security_groups=[chosen["id"]]) for chosen in (sending, group)
    ]
    async with lab.plugged(*ports, silent=True) as (sender, receiver):
        numbers = iter(range(1024, 2048))

        async def passing() -> set[int]:
            """The IP versions of which a new connection is let in."""
            source_port = next(numbers)
            frames = {
                4: Ether(src=sender.mac, dst=receiver.mac) / IP(src=sender.ip, dst=receiver.ip),
                6: Ether(src=sender.mac, dst=receiver.mac) / IPv6(src=sender.ip6, dst=receiver.ip6),
            }
            sent: dict[int, Any] = {
                version: frame / UDP(sport=source_port, dport=53) for version, frame in frames.items()
            }
            probe = frames[4] / UDP(sport=source_port, dport=9)
            got = await arrivals(sender, receiver, list(sent.values()), probe=probe)
            return {version for version, frame in sent.items() if frame in got}

        async def change(verb: str, *cidrs: str) -> None:
            path = f"/v2.0/address-groups/{addresses['id']}/{verb}_addresses"
            assert (await api.ask("PUT", path, {"addresses": cidrs})).status == 200
            await lab.settled()

        assert await passing() == set(), "an empty group matches nothing"
        await change("add", f"{sender.ip}/32")
        assert await passing() == {4}
        await change("add", "2001:db8::/64", "192.0.2.0/24")
        assert await passing() == {4, 6}
        await change("remove", f"{sender.ip}/32")
        assert await passing() == {6}
        await change("add", "10.0.0.1-10.0.0.254")
        await change("remove", "2001:db8::/64")
        assert await passing() == {4}
