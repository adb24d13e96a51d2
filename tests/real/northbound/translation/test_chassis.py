"""Chassis of the southbound database are copied for the plans, and a change plans the routers again."""

import pytest

from northbound.translation import marks
from northbound.translation.chassis import read_chassis, replace_chassis
from northbound.translation.service import Translation
from southbound.chassis import Chassis
from tests.real.northbound.translation.cloud import Cloud

pytestmark = pytest.mark.real

GATEWAY = Chassis("h1", "host1", frozenset({"physical1"}), frozenset({"az1"}), True)


async def test_a_chassis_is_copied_as_it_changes(cloud: Cloud, translation: Translation) -> None:
    await cloud.ovn.sbctl("chassis-add", "h1", "geneve", "127.0.0.1")
    await cloud.wait_value("SELECT is_gateway FROM northbound.chassis WHERE name = 'h1'", equals=False)
    await cloud.ovn.sbctl(
        *("set", "Chassis", "h1", "hostname=host1", 'other_config:ovn-bridge-mappings="physical1:br-ex"'),
        'other_config:ovn-cms-options="enable-chassis-as-gw,availability-zones=az1"',
    )
    await cloud.wait_value("SELECT is_gateway FROM northbound.chassis WHERE name = 'h1'", equals=True)
    async with cloud.database.connection() as conn:
        assert await read_chassis(conn) == [GATEWAY]
    await cloud.ovn.sbctl("chassis-del", "h1")
    await cloud.wait_value("SELECT count(*) FROM northbound.chassis", equals=0)


async def test_only_a_difference_is_written(cloud: Cloud) -> None:
    async with cloud.database.transaction() as conn:
        assert await replace_chassis(conn, [GATEWAY])
        assert not await replace_chassis(conn, [GATEWAY])


async def test_all_owners_of_a_kind_are_marked(cloud: Cloud) -> None:
    network_id, _ = await cloud.insert_network()
    async with cloud.database.transaction() as conn:
        await marks.clear(conn, await marks.take(conn, 10))
        await marks.mark_all(conn, "network", "northbound.networks")
        assert [mark.owner for mark in await marks.take(conn, 10)] == [f"network/{network_id}"]
