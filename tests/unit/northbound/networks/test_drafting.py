"""A network from what the caller said."""

import pytest

from northbound.networks.drafting import change_network, draft_network
from northbound.networks.network import InvalidInput
from northbound.networks.schema import NetworkChanges, NetworkDraft, SegmentBody
from northbound.networks.segment import Segment
from tests.unit.northbound.factories import PROJECT, a_network

VLANS = [
    SegmentBody(network_type="vlan", physical_network="one", segmentation_id=5),
    SegmentBody(network_type="vlan", physical_network="two", segmentation_id="5"),
]


def a_segment(**said: object) -> Segment:
    return Segment(**({"id": "s", "network_type": "vlan", "physical_network": "p", "segmentation_id": 5} | said))


def test_network_is_geneve_with_the_mtu_that_fits() -> None:
    network = draft_network(NetworkDraft(), PROJECT)
    assert (network.segment.network_type, network.physical_networks, network.mtu) == ("geneve", [], 1442)


@pytest.mark.parametrize(("said", "mtu"), [(0, 1500), (1400, 1400), ("1400", 1400), (67, 67)])
def test_mtu_is_what_was_said_or_the_largest(said: int | str, mtu: int) -> None:
    draft = NetworkDraft(network_type="flat", physical_network="physical1", mtu=said)
    assert draft_network(draft, PROJECT).mtu == mtu


@pytest.mark.parametrize("mtu", [1443, 9000])
def test_mtu_that_does_not_fit_is_refused(mtu: int) -> None:
    with pytest.raises(InvalidInput, match="mtu"):
        draft_network(NetworkDraft(mtu=mtu), PROJECT)


def test_mtu_fits_the_narrowest_of_several_segments() -> None:
    network = draft_network(NetworkDraft(segments=[*VLANS, SegmentBody(network_type="geneve")]), PROJECT)
    assert network.mtu == 1442
    assert network.physical_networks == ["one", "two"]
    assert [segment.position for segment in network.segments] == [0, 1, 2]
    assert {segment.network_id for segment in network.segments} == {network.id}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("segments", {"segments": VLANS, "network_type": "geneve"}),
        ("segments", {"segments": [VLANS[0], SegmentBody(network_type="flat", physical_network="one")]}),
        ("one geneve segment at most", {"segments": [SegmentBody(network_type="geneve")] * 2}),
        (
            "segmentation_id",
            {"segments": [SegmentBody(network_type="vlan", physical_network="p", segmentation_id=4095)]},
        ),
        ("physical_network", {"segments": [SegmentBody(network_type="flat")]}),
        ("is_default", {"is_default": True}),
        ("qinq", {"qinq": True}),
        ("qinq", {"qinq": True, "vlan_transparent": True, "network_type": "vlan", "physical_network": "p"}),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(named: str, said: dict) -> None:
    with pytest.raises(InvalidInput, match=named):
        draft_network(NetworkDraft(**said), PROJECT)


def test_only_a_vlan_changes_its_segmentation_id() -> None:
    vlan = a_network(segments=[a_segment()])
    assert change_network(vlan, NetworkChanges(segmentation_id="6")).segment.segmentation_id == 6
    with pytest.raises(InvalidInput, match="segmentation_id"):
        change_network(a_network(), NetworkChanges(segmentation_id=6))
    with pytest.raises(InvalidInput, match="segmentation_id"):
        change_network(vlan, NetworkChanges(segmentation_id=4095))


def test_provider_attributes_may_be_said_again_but_not_changed() -> None:
    vlan = a_network(segments=[a_segment()])
    same = NetworkChanges(network_type="vlan", physical_network="p", segmentation_id="5")
    assert change_network(vlan, same) == vlan
    for changes in (NetworkChanges(network_type="flat"), NetworkChanges(physical_network="q")):
        with pytest.raises(InvalidInput, match="provider:"):
            change_network(vlan, changes)
    several = a_network(segments=[a_segment(), a_segment(physical_network="q", position=1)])
    with pytest.raises(InvalidInput, match="segmentation_id"):
        change_network(several, NetworkChanges(segmentation_id=9))


def test_network_that_is_external_no_more_is_no_default_either() -> None:
    default = a_network(external=True, is_default=True)
    assert not change_network(default, NetworkChanges(external=False)).is_default
    with pytest.raises(InvalidInput, match="is_default"):
        change_network(a_network(), NetworkChanges(is_default=True))
