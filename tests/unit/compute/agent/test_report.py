"""What the agent says about a server that it observed."""

import pytest

from compute.agent import faults, report
from compute.agent.converge import Activity, Observed
from tests.unit.compute.agent.desired_servers import a_domain, a_server


@pytest.mark.parametrize(
    ("activity", "state"),
    [
        (Activity.RUNNING, "running"),
        (Activity.PAUSED, "paused"),
        (Activity.OFF, "stopped"),
        (Activity.OFF_BY_GUEST, "stopped"),
        (Activity.CRASHED, "crashed"),
    ],
)
def test_settled_server_is_what_libvirt_says(activity: Activity, state: str) -> None:
    server = a_server(generation=4, boot_serial=2)
    said = report.settled("host-1", server, Observed(domain=a_domain(server, activity)))
    assert (said.state, said.generation, said.boot_serial) == (state, 4, 2)


def test_only_installed_ports_count_as_plugged() -> None:
    server = a_server()
    port = server.interfaces[0].port_id
    domain = a_domain(server)
    assert report.settled("h", server, Observed(domain, plugged={port: True})).plugged_ports == (port,)
    assert report.settled("h", server, Observed(domain, plugged={port: False})).plugged_ports == ()


def test_fault_is_named_only_when_the_agent_gave_up() -> None:
    server, fault = a_server(), faults.ImageRejected("not qcow2", "path")
    assert report.gave_up("h", server, fault).fault == "image_rejected"
    assert report.building("h", server, fault).fault is None


def test_server_without_a_desired_state_is_reported_as_one_that_nothing_is_known_of() -> None:
    """Its domain carries the generation that it was brought to; control would take it for known and never send it."""
    server = a_server(generation=4, boot_serial=2)
    said = report.unknown("h", server.id, a_domain(server))
    assert (said.generation, said.state, said.boot_serial) == (0, "running", 2)
    assert report.unknown("h", server.id, None).generation == 0
