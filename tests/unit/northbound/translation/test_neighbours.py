"""Which neighbours are not what routers learned of them."""

import pytest

from northbound.translation.neighbours import stale_neighbours
from southbound.ovsdb.replica import Change

NAT = {"type": "dnat_and_snat", "external_ip": "150.25.12.9", "external_mac": None, "gateway_port": None}
PORT = {"mac": "fa:16:3e:00:00:01", "networks": ["10.0.0.1/24"]}


@pytest.mark.parametrize(
    ("table", "before", "after", "stale"),
    [
        ("NAT", None, NAT, {("ip", "150.25.12.9")}),
        ("NAT", NAT, None, {("ip", "150.25.12.9")}),
        ("NAT", NAT, NAT | {"external_mac": "fa:16:3e:00:00:09"}, {("ip", "150.25.12.9")}),
        ("NAT", NAT, NAT | {"external_ip": "150.25.12.8"}, {("ip", "150.25.12.9"), ("ip", "150.25.12.8")}),
        ("NAT", NAT, NAT | {"logical_ip": "10.0.0.7"}, set()),
        ("NAT", NAT | {"type": "snat"}, None, set()),
        ("Logical_Router_Port", PORT, None, {("mac", "fa:16:3e:00:00:01")}),
        ("Logical_Router_Port", PORT, PORT | {"mac": "fa:16:3e:00:00:02"}, {("mac", "fa:16:3e:00:00:01")}),
        ("Logical_Router_Port", PORT, PORT | {"networks": []}, set()),
        ("Logical_Router_Port", None, PORT, set()),
        ("Logical_Switch", PORT, None, set()),
    ],
)
def test_neighbour_is_stale_when_another_answers_for_it(
    table: str, before: dict | None, after: dict | None, stale: set
) -> None:
    assert set(stale_neighbours(Change(table, "a row", before, after, {}))) == stale
