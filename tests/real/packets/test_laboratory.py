"""The laboratory itself: neighbours talk, and nobody hears what is not for them (threat D3)."""

import pytest

from tests.real.packets.laboratory import Laboratory
from tests.real.packets.sniffing import arrivals, honest

pytestmark = pytest.mark.real


async def test_neighbours_talk(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
    async with lab.plugged(*ports) as (web, friend), web.listening(80), web.answering(53):
        assert await friend.reaches(web.ip)
        assert await friend.connects(web.ip, 80)
        assert await friend.asks(web.ip, 53)


async def test_threat_d3_third_guest_sees_no_unicast_of_a_pair(lab: Laboratory) -> None:
    network, _ = await lab.network("10.0.0.0/24")
    ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(3)]
    async with lab.plugged(*ports, silent=True) as (one, two, third), third.sniffing() as seen:
        assert len(await arrivals(one, two, [honest(one, two)] * 5)) == 5
        assert await arrivals(two, third, [honest(two, third)])
        assert not [frame for frame in seen.frames if frame.src == one.mac]
