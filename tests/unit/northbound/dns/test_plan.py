"""What OVN resolves for the guests of a network."""

from northbound.dns.plan import NamedPort, Zone, plan_zone, zone_records
from southbound import names
from tests.unit.northbound.factories import an_id

NETWORK = an_id("network")


def records(*ports: NamedPort, domain: str = "") -> dict[str, str]:
    return zone_records(Zone(NETWORK, domain, ports))


def test_name_is_known_bare_and_in_each_of_its_domains() -> None:
    assert records(NamedPort("web", "port.example.", ["10.0.0.9", "fd00::9"]), domain="net.example.") == {
        "web": "10.0.0.9 fd00::9",
        "web.port.example": "10.0.0.9 fd00::9",
        "web.net.example": "10.0.0.9 fd00::9",
        "web.openstacklocal": "10.0.0.9 fd00::9",
        "9.0.0.10.in-addr.arpa": "web.port.example",
        "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa": "web.port.example",
    }


def test_ports_of_one_name_do_not_clobber_each_other() -> None:
    found = records(NamedPort("web", "", ["10.0.0.10"]), NamedPort("web", "", ["10.0.0.9"]))
    assert found["web"] == found["web.openstacklocal"] == "10.0.0.9 10.0.0.10"
    assert found["9.0.0.10.in-addr.arpa"] == found["10.0.0.10.in-addr.arpa"] == "web.openstacklocal"


def test_zone_hangs_at_its_switch_and_is_gone_without_names() -> None:
    row, limit = plan_zone(Zone(NETWORK, "", [NamedPort("web", "", ["10.0.0.9"])]))
    assert (limit.table, limit.inside) == ("QoS", ("Logical_Switch", NETWORK, "qos_rules"))
    assert (row.table, row.members) == ("DNS", (("Logical_Switch", names.switch_uuid(NETWORK), "dns_records"),))
    assert row.columns["external_ids"] == {"ls_name": f"neutron-{NETWORK}"}
    assert plan_zone(Zone(NETWORK, "", [NamedPort("web", "", [])])) == []
