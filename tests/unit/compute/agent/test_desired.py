"""The second lock: values that travel into arguments of the host's tools are what they claim to be."""

import pytest

from compute.agent.desired import check
from compute.agent.faults import DesiredStateInvalid
from tests.unit.compute.agent.desired_servers import (
    a_metadata_port,
    a_server,
    an_address,
    an_image,
    an_interface,
)


def test_usual_server_is_accepted() -> None:
    check(a_server(metadata_ports=(a_metadata_port(ips=("10.50.0.2/16", "fd00::2/64")),)))


@pytest.mark.parametrize(
    ("attribute", "server"),
    [
        ("interfaces.mac", a_server(interfaces=(an_interface(mac='fa:16:3e:00:00:07" x="'),))),
        ("interfaces.mac", a_server(interfaces=(an_interface(mac="FA:16:3E:00:00:07"),))),
        ("interfaces.mtu", a_server(interfaces=(an_interface(mtu=0),))),
        ("interfaces.addresses.ip", a_server(interfaces=(an_interface(addresses=(an_address("10.050.0.7"),)),))),
        ("metadata_ports.ips", a_server(metadata_ports=(a_metadata_port(ips=("10.50.0.2/16 dev lo",)),))),
        ("metadata_ports.mac", a_server(metadata_ports=(a_metadata_port(mac="-h"),))),
        ("image.sha512", a_server(image=an_image(sha512="../../etc/passwd"))),
        ("project_id", a_server(project_id="\x00<evil/>")),
    ],
)
def test_unusable_value_is_refused_by_name(attribute: str, server) -> None:
    with pytest.raises(DesiredStateInvalid, match=attribute):
        check(server)
