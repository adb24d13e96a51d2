"""Names are a contract with operators and with other programs: they are spelled out here."""

from southbound import names

ID = "0b2f7a4e-3f0a-4c4e-9d5c-6a9f7c1d2e3f"
FLAT = "0b2f7a4e_3f0a_4c4e_9d5c_6a9f7c1d2e3f"


def test_names_are_those_of_neutrons_driver():
    assert names.switch_name(ID) == f"neutron-{ID}"
    assert names.router_name(ID) == f"neutron-{ID}"
    assert names.localnet_port_name(ID) == f"provnet-{ID}"
    assert names.switch_port_name(ID) == ID
    assert names.router_port_name(ID) == f"lrp-{ID}"
    assert names.gateway_chassis_name(ID, "h1") == f"lrp-{ID}_h1"
    assert names.port_group_name(ID) == f"pg_{FLAT}"
    assert names.remote_group_set_name(ID, 6) == f"pg_{FLAT}_ip6"
    assert names.metadata_device_id(ID) == f"ovnmeta-{ID}"


def test_rows_of_one_owner_have_different_uuids_that_never_change():
    uuids = [names.switch_port_uuid(ID), names.router_port_uuid(ID), names.port_dhcp_options_uuid(ID, 4)]
    assert len(set(uuids)) == 3
    assert names.switch_port_uuid(ID) == "0b6a6ade-51c7-5a53-be18-cf60a2d844ec"
