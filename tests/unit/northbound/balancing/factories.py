"""Load balancers as their plans see them, with readable defaults."""

from northbound.balancing.view import BalancerView, ListenerView, MemberView, MonitorView, PoolView, VipView
from tests.unit.northbound.factories import an_id

MONITOR = MonitorView(id=an_id("monitor"), delay=5, timeout=3, max_retries=2, max_retries_down=4)


def a_member(address: str, **said: object) -> MemberView:
    values = {"id": an_id(address), "address": address, "protocol_port": 8080, "subnet_id": an_id("subnet")}
    return MemberView(**(values | said))


def a_pool(*addresses: str, **said: object) -> PoolView:
    values = {"id": an_id("pool"), "members": [a_member(address) for address in addresses]}
    return PoolView(**(values | said))


def a_listener(port: int = 80, protocol: str = "TCP", **said: object) -> ListenerView:
    values = {
        "id": an_id(f"listener {protocol} {port}"),
        "protocol": protocol,
        "protocol_port": port,
        "default_pool_id": an_id("pool"),
    }
    return ListenerView(**(values | said))


def a_balancer(*pools: PoolView, **said: object) -> BalancerView:
    values = {
        "id": an_id("balancer"),
        "vips": [VipView(ip="10.50.0.5", port_id=an_id("vip"))],
        "listeners": [a_listener()],
        "pools": list(pools),
        "networks": [an_id("network")],
    }
    return BalancerView(**(values | said))
