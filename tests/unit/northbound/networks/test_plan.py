"""The rows that a network is in OVN."""

from northbound.networks.plan import plan_network
from northbound.networks.segment import Segment
from southbound import names
from tests.unit.northbound.factories import a_network, an_id

NETWORK = an_id("network")
GROUP = names.drop_group_name(NETWORK)


def test_tunnelled_network_is_a_switch_and_a_default_deny_group() -> None:
    rows = plan_network(a_network(availability_zone_hints=["a", "b"]))
    switch, group, *acls = [row for row in rows if row.table in ("Logical_Switch", "Port_Group", "ACL")]
    assert (switch.table, switch.uuid) == ("Logical_Switch", NETWORK)
    assert switch.columns["name"] == f"neutron-{NETWORK}"
    assert switch.columns["external_ids"] == {
        "neutron:network_name": "network",
        "neutron:mtu": "1442",
        "neutron:revision_number": "1",
        "neutron:availability_zone_hints": "a,b",
        "neutron:provnet-network-type": "geneve",
    }
    assert switch.columns["other_config"]["fdb_age_threshold"] is None
    assert group.columns["name"] == GROUP
    assert [
        (acl.columns["direction"], acl.columns["priority"], acl.columns["action"], acl.columns["match"]) for acl in acls
    ] == [
        ("from-lport", 1000, "drop", f"inport == @{GROUP} && ip"),
        ("to-lport", 1000, "drop", f"outport == @{GROUP} && ip"),
        ("from-lport", 1002, "allow", f"inport == @{GROUP} && ip4 && udp.src == 68 && udp.dst == 67"),
        (
            "from-lport",
            1002,
            "allow",
            f"inport == @{GROUP} && ip6 && ip6.dst == ff02::1:2 && udp.src == 546 && udp.dst == 547",
        ),
        ("from-lport", 1000, "drop", f"inport == @{GROUP} && ip4 && udp.src == 67 && udp.dst == 68"),
        ("from-lport", 1000, "drop", f"inport == @{GROUP} && ip6 && udp.src == 547 && udp.dst == 546"),
    ]


def test_threat_d1_dhcp_servers_reply_is_dropped_after_every_permit() -> None:
    *_, dhcp4, dhcp6 = [row for row in plan_network(a_network()) if row.table == "ACL"]
    for acl in (dhcp4, dhcp6):
        assert (acl.columns["action"], acl.columns["options"]) == ("drop", {"apply-after-lb": "true"})


def test_vlan_network_has_a_tagged_localnet_port_named_after_its_segment() -> None:
    network = a_network(network_type="vlan", physical_network="physical1", segmentation_id=101, mtu=1500, external=True)
    switch, localnet, *_ = plan_network(network)
    assert switch.columns["other_config"]["fdb_age_threshold"] == "300"
    assert switch.columns["other_config"]["broadcast-arps-to-all-routers"] == "true"
    assert switch.columns["external_ids"]["neutron:provnet-physical-network"] == "physical1"
    assert localnet.inside == ("Logical_Switch", NETWORK, "ports")
    assert localnet.columns == {
        "name": f"provnet-{network.segment.id}",
        "type": "localnet",
        "addresses": ["unknown"],
        "tag_request": 101,
        "tag": 101,
        "options": {
            "network_name": "physical1",
            "mcast_flood_reports": "true",
            "mcast_flood": "false",
            "localnet_learn_fdb": "false",
            "ethtype": None,
        },
        "external_ids": {"neutron:provnet-physical-network": "physical1"},
    }


def test_flat_network_is_untagged() -> None:
    network = a_network(network_type="flat", physical_network="physical1", segmentation_id=None)
    assert plan_network(network)[1].columns["tag_request"] is None


def test_network_of_several_segments_has_a_localnet_port_for_each() -> None:
    places = [("vlan", "one", 5), ("flat", "two", None), ("geneve", None, 9)]
    segments = [
        Segment(id=an_id(name), network_type=name, physical_network=place, segmentation_id=number, position=position)
        for position, (name, place, number) in enumerate(places)
    ]
    switch, *rest = plan_network(a_network(segments=segments))
    localnets = [row.columns for row in rest if row.table == "Logical_Switch_Port"]
    assert [(row["options"]["network_name"], row["tag_request"], row["tag"]) for row in localnets] == [
        ("one", 5, 5),
        ("two", None, None),
    ]
    assert not any("provnet" in key for key in switch.columns["external_ids"])


def test_tags_of_guests_pass_where_the_network_says_so() -> None:
    def passthru(**said: object) -> str:
        return plan_network(a_network(**said))[0].columns["other_config"]["vlan-passthru"]

    assert [passthru(), passthru(vlan_transparent=False), passthru(vlan_transparent=True)] == ["false", "false", "true"]
    double = a_network(network_type="vlan", physical_network="p", segmentation_id=5, qinq=True)
    switch, localnet, *_ = plan_network(double)
    assert switch.columns["other_config"]["vlan-passthru"] == "true"
    assert localnet.columns["options"]["ethtype"] == "802.11ad"


def test_threat_n13_a_name_never_reaches_a_match() -> None:
    hostile = plan_network(a_network(name='" || 1 @pg $as {}'))
    matches = [row.columns["match"] for row in hostile if row.table == "ACL"]
    assert matches == [row.columns["match"] for row in plan_network(a_network()) if row.table == "ACL"]
