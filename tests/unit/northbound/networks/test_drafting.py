"""A network from what the caller said."""

import pytest

from northbound.networks.drafting import change_network, draft_network
from northbound.networks.network import InvalidInput
from northbound.networks.schema import NetworkChanges, NetworkDraft
from tests.unit.northbound.factories import PROJECT, a_network


def test_network_is_geneve_with_the_mtu_that_fits() -> None:
    network = draft_network(NetworkDraft(), PROJECT)
    assert (network.network_type, network.physical_network, network.mtu) == ("geneve", None, 1442)


@pytest.mark.parametrize(("said", "mtu"), [(0, 1500), (1400, 1400), ("1400", 1400), (68, 68)])
def test_mtu_is_what_was_said_or_the_largest(said: int | str, mtu: int) -> None:
    draft = NetworkDraft(network_type="flat", physical_network="physical1", mtu=said)
    assert draft_network(draft, PROJECT).mtu == mtu


@pytest.mark.parametrize("mtu", [67, 1443, 9000])
def test_mtu_that_does_not_fit_is_refused(mtu: int) -> None:
    with pytest.raises(InvalidInput, match="mtu"):
        draft_network(NetworkDraft(mtu=mtu), PROJECT)


def test_only_a_vlan_changes_its_segmentation_id() -> None:
    vlan = a_network(network_type="vlan", physical_network="p", segmentation_id=5)
    assert change_network(vlan, NetworkChanges(segmentation_id="6")).segmentation_id == 6
    with pytest.raises(InvalidInput, match="segmentation_id"):
        change_network(a_network(), NetworkChanges(segmentation_id=6))
    with pytest.raises(InvalidInput, match="segmentation_id"):
        change_network(vlan, NetworkChanges(segmentation_id=4095))
