"""What bodies become, and what of Octavia's vocabulary is refused with its reason."""

from typing import Any

import pytest

from northbound.balancing.errors import InvalidInput, ProviderNotEnabled, UnsupportedOption
from northbound.balancing.health_monitors.making import change_health_monitor, draft_health_monitor
from northbound.balancing.health_monitors.schema import MonitorBody, MonitorChanges
from northbound.balancing.listeners.schema import ListenerTree, check_listener
from northbound.balancing.load_balancers.balancer import LoadBalancer, Vip
from northbound.balancing.load_balancers.schema import AdditionalVip, LoadBalancerDraft, check_draft
from northbound.balancing.load_balancers.vips import choose_address
from northbound.balancing.members.making import change_member, draft_member
from northbound.balancing.members.schema import MemberBody, MemberChanges
from northbound.balancing.pools.making import change_pool, draft_pool
from northbound.balancing.pools.pool import Pool
from northbound.balancing.pools.schema import PoolChanges, PoolTree, SessionPersistence
from northbound.ports.port import FixedIp
from tests.unit.northbound.factories import PROJECT, an_id

VIP = Vip(ip="10.50.0.5", port_id=an_id("vip"), subnet_id=an_id("subnet"), network_id=an_id("network"))
OWN = {"project_id": PROJECT, "admin_state_up": True}
BALANCER = LoadBalancer(id=an_id("balancer"), name="", vips=[VIP], **OWN)
POOL = Pool(id=an_id("pool"), load_balancer_id=BALANCER.id, name="", description="", protocol="TCP", **OWN)


def a_pool_body(**said: Any) -> PoolTree:
    return PoolTree(**({"protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT"} | said))


def a_member_body(address: str = "10.50.0.7", **said: Any) -> MemberBody:
    return MemberBody(**({"address": address, "protocol_port": 80} | said))


def a_monitor_body(**said: Any) -> MonitorBody:
    return MonitorBody(**({"type": "TCP", "delay": 5, "timeout": 3, "max_retries": 2} | said))


@pytest.mark.parametrize(
    "said",
    [
        {"flavor_id": an_id("flavor")},
        {"availability_zone": "here"},
        {"vip_qos_policy_id": an_id("policy")},
        {"vip_sg_ids": [an_id("group")]},
        {"vip_vnic_type": "direct"},
    ],
)
def test_what_ovn_load_balancers_do_not_have_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedOption, match=next(iter(said))):
        check_draft(LoadBalancerDraft(vip_subnet_id=an_id("subnet"), **said))


def test_load_balancer_needs_a_place_for_its_vip_and_no_other_provider() -> None:
    with pytest.raises(InvalidInput, match="vip"):
        check_draft(LoadBalancerDraft(vip_address="10.50.0.5"))
    with pytest.raises(InvalidInput, match="additional_vips"):
        check_draft(LoadBalancerDraft(vip_subnet_id=an_id("subnet"), additional_vips=[AdditionalVip()]))
    with pytest.raises(ProviderNotEnabled, match="amphora"):
        check_draft(LoadBalancerDraft(vip_subnet_id=an_id("subnet"), provider="amphora"))
    check_draft(LoadBalancerDraft(vip_subnet_id=an_id("subnet"), provider="ovn", flavor_id=None, vip_sg_ids=[]))


def test_address_of_a_port_is_chosen_as_asked() -> None:
    held = [FixedIp("one", "10.50.0.5"), FixedIp("two", "10.60.0.5")]
    assert choose_address(held, None, None) == held[0]
    assert choose_address(held, "two", None) == held[1]
    with pytest.raises(InvalidInput, match="vip_port_id"):
        choose_address(held, "two", "10.50.0.5")


@pytest.mark.parametrize(
    "said",
    [
        {"connection_limit": 100},
        {"allowed_cidrs": ["10.0.0.0/8"]},
        {"insert_headers": {"X-Forwarded-For": "true"}},
        {"l7policies": [{"action": "REJECT"}]},
        {"default_tls_container_ref": "http://barbican/1"},
        {"timeout_client_data": 1000},
    ],
)
def test_listener_does_nothing_that_ovn_cannot(said: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedOption, match=next(iter(said))):
        check_listener(ListenerTree(protocol="TCP", protocol_port=80, **said))


def test_listener_may_say_what_is_so_anyway() -> None:
    check_listener(ListenerTree(protocol="TCP", protocol_port=80, connection_limit=-1, timeout_client_data=50000))


@pytest.mark.parametrize(
    ("said", "attribute"),
    [
        ({"lb_algorithm": "ROUND_ROBIN"}, "lb_algorithm"),
        ({"protocol": "HTTP"}, "protocol"),
        ({"tls_enabled": True}, "tls_enabled"),
        ({"session_persistence": SessionPersistence(type="HTTP_COOKIE")}, "session_persistence.type"),
        ({"session_persistence": SessionPersistence(type="SOURCE_IP", cookie_name="c")}, "cookie_name"),
    ],
)
def test_pool_does_nothing_that_ovn_cannot(said: dict[str, Any], attribute: str) -> None:
    with pytest.raises(UnsupportedOption, match=attribute):
        draft_pool(BALANCER, a_pool_body(**said))


@pytest.mark.parametrize("said", [{"lb_algorithm": "MAGIC"}, {"protocol": "MAGIC"}, {"protocol": None}])
def test_pool_of_what_nobody_knows_is_a_bad_request(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(said))):
        draft_pool(BALANCER, a_pool_body(**said))


def test_persistence_comes_and_goes() -> None:
    pool = draft_pool(BALANCER, a_pool_body(session_persistence=SessionPersistence(type="SOURCE_IP")))
    assert pool.persistence_timeout == 360
    assert change_pool(pool, PoolChanges(name="other")).persistence_timeout == 360
    assert change_pool(pool, PoolChanges(session_persistence=None)).persistence_timeout is None
    assert change_pool(pool, PoolChanges(session_persistence=SessionPersistence())).persistence_timeout is None


@pytest.mark.parametrize("address", ["127.0.0.1", "224.0.0.1", "0.0.0.0", "169.254.169.254", "fe80::1", "::1"])
def test_member_is_an_address_of_a_machine(address: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        draft_member(BALANCER, POOL, a_member_body(address))


@pytest.mark.parametrize(
    "said", [{"address": "fd00::7"}, {"weight": 2}, {"backup": True}, {"monitor_port": 81}, {"vnic_type": "direct"}]
)
def test_member_does_nothing_that_ovn_cannot(said: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedOption, match=next(iter(said))):
        draft_member(BALANCER, POOL, a_member_body(**said))


def test_member_keeps_what_a_change_does_not_say() -> None:
    member = draft_member(BALANCER, POOL, a_member_body(name="one", tags=["a"]))
    drained = change_member(member, MemberChanges(weight=0))
    assert (drained.name, drained.tags, drained.weight) == ("one", ["a"], 0)
    assert change_member(drained, MemberChanges(name=None, weight=None)).weight == 1
    with pytest.raises(UnsupportedOption, match="weight"):
        change_member(member, MemberChanges(weight=7))


@pytest.mark.parametrize(
    ("protocol", "said", "refused"),
    [
        ("TCP", {"type": "HTTP"}, UnsupportedOption),
        ("TCP", {"type": "UDP-CONNECT"}, InvalidInput),
        ("SCTP", {"type": "TCP"}, UnsupportedOption),
        ("TCP", {"type": "MAGIC"}, InvalidInput),
        ("TCP", {"timeout": 6}, InvalidInput),
        ("TCP", {"url_path": "/"}, UnsupportedOption),
    ],
)
def test_health_monitor_opens_connections_and_no_more(
    protocol: str, said: dict[str, Any], refused: type[Exception]
) -> None:
    pool = Pool(id=an_id("pool"), load_balancer_id=BALANCER.id, name="", description="", protocol=protocol, **OWN)
    with pytest.raises(refused):
        draft_health_monitor(pool, a_monitor_body(**said))


def test_health_monitor_stays_able_to_end_in_time() -> None:
    monitor = draft_health_monitor(POOL, a_monitor_body())
    assert change_health_monitor(monitor, MonitorChanges(delay=9, max_retries_down=None)).max_retries_down == 3
    with pytest.raises(InvalidInput, match="timeout"):
        change_health_monitor(monitor, MonitorChanges(delay=2))


def test_ipv6_members_are_not_checked() -> None:
    monitored = Pool(
        id=an_id("pool"),
        load_balancer_id=BALANCER.id,
        name="",
        description="",
        protocol="TCP",
        healthmonitor_id=an_id("monitor"),
        **OWN,
    )
    six = LoadBalancer(id=an_id("balancer"), name="", vips=[Vip(**{**_values(VIP), "ip": "fd00::5"})], **OWN)
    with pytest.raises(UnsupportedOption, match="fd00::7"):
        draft_member(six, monitored, a_member_body("fd00::7"))


def _values(vip: Vip) -> dict[str, Any]:
    return {name: getattr(vip, name) for name in vip.__struct_fields__}
