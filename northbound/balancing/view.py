"""A load balancer as its plan sees it: everything inside, and where in the network it has to be. Pure structs."""

from collections.abc import Sequence

from msgspec import Struct


class VipView(Struct, frozen=True, kw_only=True):
    """`floating_ips` lead to the VIP from outside."""

    ip: str
    port_id: str
    floating_ips: list[str] = []


class MemberView(Struct, frozen=True, kw_only=True):
    """`port_id` and `probe_ip` are both there when OVN may check the member, else one of them is None."""

    id: str
    address: str
    protocol_port: int
    subnet_id: str | None
    admin_state_up: bool = True
    weight: int = 1
    port_id: str | None = None
    probe_ip: str | None = None


class MonitorView(Struct, frozen=True, kw_only=True):
    id: str
    delay: int
    timeout: int
    max_retries: int
    max_retries_down: int
    admin_state_up: bool = True


class PoolView(Struct, frozen=True, kw_only=True):
    id: str
    admin_state_up: bool = True
    persistence_timeout: int | None = None
    monitor: MonitorView | None = None
    members: list[MemberView] = []


class ListenerView(Struct, frozen=True, kw_only=True):
    id: str
    protocol: str
    protocol_port: int
    default_pool_id: str | None = None
    admin_state_up: bool = True


class BalancerView(Struct, frozen=True, kw_only=True):
    """`networks` are those whose switch balances; `routers` those that do, for what comes from outside."""

    id: str
    admin_state_up: bool = True
    vips: list[VipView]
    listeners: list[ListenerView] = []
    pools: list[PoolView] = []
    networks: Sequence[str] = ()
    routers: Sequence[str] = ()
