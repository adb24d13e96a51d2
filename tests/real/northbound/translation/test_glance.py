"""A process that does not lead sees what OVN holds when it is asked to."""

import pytest

from runtime.errors import Unavailable
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real


async def test_the_standby_sees_what_the_leader_wrote(cloud: Cloud) -> None:
    leader, standby = cloud.translation("leader"), cloud.translation("standby")
    async with running(leader):
        await until_leading(leader)
        async with running(standby):
            network_id, revision = await cloud.insert_network()
            assert await leader.settle(revision)
            async with standby.replica() as replica:
                assert replica.find("Logical_Switch", network_id) is not None
            async with leader.replica() as own:
                assert own is not replica
            assert not standby.leads


async def test_what_is_not_known_is_said_to_be_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northbound.translation.glance.LOAD_TIMEOUT_S", 0.2)
    standby = cloud.translation("standby")
    await cloud.ovn.northbound.stop()
    with pytest.raises(Unavailable):
        async with standby.replica():
            pass
    await cloud.ovn.northbound.start()
