"""The plan of load balancers in its variants, on real OVN."""

import pytest

from northbound.balancing.plan import plan_load_balancer
from northbound.balancing.view import VipView
from northbound.networks.plan import plan_network
from northbound.ports.plan import plan_port
from northbound.ports.port import HEALTH_MONITOR_OWNER
from northbound.routers.plan import RouterView, plan_router
from northbound.subnets.plan import plan_subnet
from tests.daemons.ovn import Ovn
from tests.real.northbound.harness import by_owner, settles
from tests.unit.northbound.balancing.factories import MONITOR, a_balancer, a_listener, a_member, a_pool
from tests.unit.northbound.factories import a_network, a_port_view, a_subnet_view, an_id
from tests.unit.northbound.routers.factories import a_router

pytestmark = pytest.mark.real
SUBNET = {"subnets": (a_subnet_view(),)}


async def test_load_balancers_settle(ovn: Ovn) -> None:
    router = a_router()
    member = a_member("10.50.0.9", port_id=an_id("member"), probe_ip="10.50.0.3")
    kept = a_pool("10.50.0.8", id=an_id("kept"), persistence_timeout=60)
    watched = a_pool(members=[member, a_member("10.50.0.11")], monitor=MONITOR)
    place = {"networks": [an_id("network")], "routers": [router.id]}
    vips = [
        VipView(ip="10.50.0.5", port_id=an_id("vip"), floating_ips=["150.25.12.9"]),
        VipView(ip="fd00::5", port_id=an_id("six")),
    ]
    views = [
        a_balancer(
            watched,
            kept,
            vips=vips,
            listeners=[a_listener(80), a_listener(53, "UDP"), a_listener(81, default_pool_id=kept.id)],
            **place,
        ),
        a_balancer(id=an_id("empty"), listeners=[]),
        a_balancer(watched, id=an_id("disabled"), admin_state_up=False, **place),
        a_balancer(a_pool(), id=an_id("nobody serves"), listeners=[a_listener(9, "SCTP")], **place),
    ]
    ports = [
        a_port_view("member", ips=("10.50.0.9",), security_groups=[], **SUBNET),
        a_port_view(
            "probe",
            ips=("10.50.0.3",),
            mac_address="fa:16:3e:00:00:03",
            device_owner=HEALTH_MONITOR_OWNER,
            port_security_enabled=False,
            security_groups=[],
            **SUBNET,
        ),
    ]
    rows = [*plan_network(a_network()), *plan_subnet(a_subnet_view()), *plan_router(RouterView(router))]
    rows += [row for port in ports for row in plan_port(port)]
    rows += [row for view in views for row in plan_load_balancer(view)]
    await settles(ovn, by_owner(rows))
