"""A chassis is what its host's configuration says, and no more."""

from southbound.chassis import parse_chassis


def a_row(**config: str) -> dict:
    return {"name": "h1", "hostname": "host1", "other_config": {k.replace("_", "-"): v for k, v in config.items()}}


def test_mappings_and_options_are_read():
    chassis = parse_chassis(
        a_row(
            ovn_bridge_mappings="physical1:br-ex,physical2:br-2",
            ovn_cms_options="enable-chassis-as-gw,availability-zones=az0:az1",
        )
    )
    assert chassis.physical_networks == {"physical1", "physical2"}
    assert chassis.availability_zones == {"az0", "az1"}
    assert chassis.is_gateway


def test_a_chassis_without_configuration_offers_nothing():
    chassis = parse_chassis(a_row())
    assert not (chassis.physical_networks or chassis.availability_zones or chassis.is_gateway)


def test_unreadable_entries_are_left_out():
    assert parse_chassis(a_row(ovn_bridge_mappings="physical1,:br,physical2:br-2")).physical_networks == {"physical2"}
