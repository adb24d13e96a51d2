"""One server on a real host: made, wired, stopped, started, rebooted, changed and removed."""

import pytest

from compute.messages import AbsentServer
from tests.real.compute.agent.conftest import tap_of
from tests.unit.compute.agent.desired_servers import a_server

pytestmark = pytest.mark.real


async def test_server_runs_wired_and_leaves_nothing(host, control, network, blank_image, ovn) -> None:
    interface = await network.interface()
    server = a_server(image=blank_image, interfaces=(interface,), metadata_ports=(network.metadata_port,))
    await control.desire(server)
    report = await control.reported(server, "running")
    assert report.plugged_ports == (interface.port_id,)
    assert tap_of(interface) in await host.bridge_ports()
    await ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=str(interface.port_id), up=True)

    gone = AbsentServer(server.id, 2)
    await control.desire(gone)
    await control.reported(gone, "absent")

    async def nothing_left() -> bool:
        return not any((await host.everything_of(network)).values())

    await host.until(nothing_left)
