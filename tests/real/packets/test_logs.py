"""What a host writes down of the packets that a logged group drops."""

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from deploy.lab.daemons.waiting import until
from tests.real.packets.laboratory import Laboratory

pytestmark = pytest.mark.real


async def test_threat_n11_drops_are_credited_to_the_logged_group_alone(lab: Laboratory) -> None:
    """Two projects on one shared network, one of them logging: the other's drops are nobody's."""
    api = lab.api
    network, _ = await lab.network("10.0.0.0/24", who="admin", shared=True)
    sending = await lab.group({"direction": "egress"})
    closed = {who: await lab.group({"protocol": "tcp"}, who=who) for who in ("alice", "bob")}
    said = {"resource_type": "security_group", "resource_id": closed["alice"]["id"], "event": "DROP"}
    log = (await api.ask("POST", "/v2.0/log/logs", {"log": said}, who="admin")).body["log"]
    ports = [await api.make("port", network_id=network["id"], security_groups=[sending["id"]])]
    ports += [
        await api.make("port", who=who, network_id=network["id"], security_groups=[closed[who]["id"]])
        for who in ("bob", "alice")
    ]
    await lab.settled()
    async with lab.plugged(*ports, silent=True) as (sender, foreign, own):
        for receiver in (foreign, own):
            frame = Ether(src=sender.mac, dst=receiver.mac) / IP(src=sender.ip, dst=receiver.ip)
            await sender.send(*(frame / UDP(sport=1000 + number, dport=53) for number in range(3)))

        def lines() -> list[str]:
            written = lab.chassis.controller.log_path.read_text().splitlines()
            return [line for line in written if f"neutron-{log['id']}" in line]

        async def is_written() -> bool:
            return any(f"nw_dst={own.ip}" in line and "verdict=drop" in line for line in lines())

        await until(is_written, 10)
        assert not any(f"nw_dst={foreign.ip}" in line for line in lines())
    await api.ask("DELETE", f"/v2.0/log/logs/{log['id']}", who="admin")
