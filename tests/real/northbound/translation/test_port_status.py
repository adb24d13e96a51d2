"""port.status follows what northd says of the switch port, whether or not we saw it happen."""

import pytest

from northbound.translation.service import Translation
from tests.real.northbound.translation.cloud import Cloud, running, until_leading

pytestmark = pytest.mark.real

STATUS = "SELECT status FROM northbound.ports WHERE id = $1"


async def bind(cloud: Cloud, port_id: str) -> None:
    """What a chassis does when it has a port's interface, as far as northd looks."""
    await cloud.ovn.wait_rows("SB", "Port_Binding", 1, logical_port=port_id)
    await cloud.ovn.sbctl("--may-exist", "chassis-add", "h1", "geneve", "127.0.0.1")
    await cloud.ovn.sbctl("lsp-bind", port_id, "h1")


async def test_a_port_is_active_while_bound(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    port_id, revision = await cloud.insert_port(network_id)
    assert await translation.settle(revision)
    await bind(cloud, port_id)
    await cloud.wait_value(STATUS, port_id, equals="ACTIVE")
    await cloud.ovn.sbctl("lsp-unbind", port_id)
    await cloud.wait_value(STATUS, port_id, equals="DOWN")


async def test_a_disabled_port_is_down_though_bound(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    port_id, revision = await cloud.insert_port(network_id)
    await translation.settle(revision)
    await bind(cloud, port_id)
    await cloud.wait_value(STATUS, port_id, equals="ACTIVE")
    await translation.settle(await cloud.rename("port", port_id, "disabled"))
    await cloud.wait_value(STATUS, port_id, equals="DOWN")


async def test_a_routers_port_is_active_at_once(cloud: Cloud, translation: Translation) -> None:
    network_id, _ = await cloud.insert_network()
    port_id, _ = await cloud.insert_port(network_id, "router")
    translation.wake()
    await cloud.wait_value(STATUS, port_id, equals="ACTIVE")


async def test_what_happened_while_nobody_looked_is_seen_afterwards(cloud: Cloud) -> None:
    async with running(translation := cloud.translation()):
        await until_leading(translation)
        network_id, _ = await cloud.insert_network()
        port_id, _ = await cloud.insert_port(network_id)
        gone, revision = await cloud.insert_port(network_id)
        await translation.settle(revision)
        await bind(cloud, gone)
        await cloud.wait_value(STATUS, gone, equals="ACTIVE")
    await bind(cloud, port_id)
    await cloud.ovn.sbctl("lsp-unbind", gone)
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port_id, up=True)
    await cloud.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=gone, up=False)
    async with running(cloud.translation()):
        await cloud.wait_value(STATUS, port_id, equals="ACTIVE")
        await cloud.wait_value(STATUS, gone, equals="DOWN")
