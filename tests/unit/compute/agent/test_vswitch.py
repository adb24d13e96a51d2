"""Rows of Open vSwitch as ports: ours, whole, or none."""

import pytest

from compute.agent.vswitch import parse_interface

PORT = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
OURS = {"meridian:owner": f"server/{PORT}", "iface-id": PORT}


def a_row(external_ids: dict) -> dict:
    """As `ovs-vsctl --format=json` gives it."""
    return {"name": "tap0a1b2c3d-4e", "external_ids": ["map", list(external_ids.items())]}


def test_port_of_ours_says_whose_it_is_and_whether_it_is_wired() -> None:
    port = parse_interface(a_row({**OURS, "ovn-installed": "true"}))
    assert (port.device, port.port_id, port.owner, port.installed) == ("tap0a1b2c3d-4e", PORT, f"server/{PORT}", True)
    assert not parse_interface(a_row(OURS)).installed


def test_foreign_interface_is_not_ours() -> None:
    assert parse_interface(a_row({"iface-id": PORT})) is None


@pytest.mark.parametrize("spoiled", [{"iface-id": "x"}, {"meridian:owner": "server/"}, {"meridian:owner": "me"}])
def test_threat_c15_interface_that_somebody_spoiled_hides_no_other(spoiled: dict) -> None:
    assert parse_interface(a_row({**OURS, **spoiled})) is None
