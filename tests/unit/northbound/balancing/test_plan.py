"""The rows that a load balancer is in OVN."""

from northbound.balancing.plan import plan_load_balancer
from northbound.balancing.view import VipView
from southbound.ovsdb.rows import Row
from tests.unit.northbound.balancing.factories import MONITOR, a_balancer, a_listener, a_member, a_pool
from tests.unit.northbound.factories import an_id


def balancers(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.table == "Load_Balancer"]


def test_vip_leads_to_the_members_that_take_connections() -> None:
    pool = a_pool()
    members = [
        a_member("10.50.0.7"),
        a_member("10.50.0.8", admin_state_up=False),
        a_member("10.50.0.9", weight=0),
        a_member("10.50.0.10", protocol_port=81),
    ]
    (row,) = plan_load_balancer(a_balancer(a_pool(members=members)))
    assert row.columns["vips"] == {"10.50.0.5:80": "10.50.0.7:8080,10.50.0.10:81"}
    assert row.columns["name"] == an_id("balancer")
    assert row.columns["external_ids"][f"pool_{pool.id}"].count("member_") == 4


def test_row_says_what_the_provider_of_octavia_says() -> None:
    (row,) = plan_load_balancer(
        a_balancer(
            a_pool("10.50.0.7"),
            vips=[
                VipView(ip="10.50.0.5", port_id=an_id("vip"), floating_ips=["150.25.12.9"]),
                VipView(ip="10.50.0.6", port_id=an_id("second")),
            ],
            listeners=[a_listener(admin_state_up=False)],
            routers=[an_id("router")],
        )
    )
    pool = f"pool_{an_id('pool')}"
    assert row.columns["external_ids"] == {
        "neutron:vip": "10.50.0.5",
        "neutron:vip_port_id": an_id("vip"),
        "neutron:vip_fip": "150.25.12.9",
        "neutron:additional_vips": "10.50.0.6",
        "neutron:additional_vip_port_ids": an_id("second"),
        "enabled": "True",
        "lr_ref": f"neutron-{an_id('router')}",
        f"listener_{an_id('listener TCP 80')}:D": f"80:{pool}",
        pool: f"member_{an_id('10.50.0.7')}_10.50.0.7:8080_{an_id('subnet')}",
    }


def test_every_address_that_clients_know_is_a_vip_of_its_own_ip_version() -> None:
    vips = [
        VipView(ip="10.50.0.5", port_id=an_id("vip"), floating_ips=["150.25.12.9"]),
        VipView(ip="fd00::5", port_id=an_id("six")),
    ]
    (row,) = plan_load_balancer(a_balancer(a_pool("10.50.0.7", "fd00::7"), vips=vips))
    assert row.columns["vips"] == {
        "10.50.0.5:80": "10.50.0.7:8080",
        "150.25.12.9:80": "10.50.0.7:8080",
        "[fd00::5]:80": "[fd00::7]:8080",
    }


def test_protocols_and_persistence_have_rows_of_their_own() -> None:
    kept = a_pool("10.50.0.7", id=an_id("kept"), persistence_timeout=60)
    listeners = [a_listener(80), a_listener(53, "UDP"), a_listener(81, default_pool_id=kept.id)]
    rows = plan_load_balancer(a_balancer(a_pool("10.50.0.7"), kept, listeners=listeners))
    assert len({row.uuid for row in rows}) == 3
    shown = [
        (row.columns["protocol"], row.columns["options"]["affinity_timeout"], len(row.columns["selection_fields"]))
        for row in rows
    ]
    assert shown == [("tcp", None, 4), ("udp", None, 4), ("tcp", "60", 2)]


def test_health_is_checked_through_the_ports_that_have_a_probe() -> None:
    members = [
        a_member("10.50.0.7", port_id=an_id("port"), probe_ip="10.50.0.3"),
        a_member("10.50.0.8", port_id=None, probe_ip="10.50.0.3"),
    ]
    balancer, check = plan_load_balancer(a_balancer(a_pool(members=members, monitor=MONITOR)))
    assert balancer.columns["ip_port_mappings"] == {"10.50.0.7": f"{an_id('port')}:10.50.0.3"}
    assert check.inside == ("Load_Balancer", balancer.uuid, "health_check")
    assert check.columns["vip"] in balancer.columns["vips"]
    assert check.columns["options"] == {"interval": "5", "timeout": "3", "success_count": "2", "failure_count": "4"}


def test_what_is_disabled_has_neither_vips_nor_checks() -> None:
    pool = a_pool(members=[a_member("10.50.0.7", port_id=an_id("port"), probe_ip="10.50.0.3")], monitor=MONITOR)
    for view in (
        a_balancer(pool, admin_state_up=False),
        a_balancer(pool, listeners=[a_listener(admin_state_up=False)]),
        a_balancer(pool, listeners=[]),
    ):
        (row,) = plan_load_balancer(view)
        assert (row.columns["vips"], row.columns["ip_port_mappings"]) == ({}, {})


def test_switches_and_routers_hold_the_rows() -> None:
    (row,) = plan_load_balancer(a_balancer(a_pool(), routers=[an_id("router")]))
    assert row.members == (
        ("Logical_Switch", an_id("network"), "load_balancer"),
        ("Logical_Router", an_id("router"), "load_balancer"),
    )
