"""A load balancer -> Load_Balancer rows, their health checks, and the switches and routers that balance. Pure.

A row has one protocol and one way of choosing a member for all of its VIPs: there is a row for each protocol, and for
each time of session persistence, that listeners have. All bear the load balancer's id as their name.
Source: ovn-mapping section 13; ovn-nb(5), Load_Balancer.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from msgspec import Struct

from northbound.balancing.view import BalancerView, ListenerView, MemberView, PoolView
from southbound import external_ids, names
from southbound.ovsdb.rows import Row

BY_CONNECTION = ("ip_src", "ip_dst", "tp_src", "tp_dst")
BY_CLIENT = ("ip_src", "ip_dst")


class Share(Struct, frozen=True):
    """What one row stands for. `persistence_timeout` None: each connection for itself."""

    protocol: str
    persistence_timeout: int | None = None

    @property
    def part(self) -> str:
        return self.protocol if self.persistence_timeout is None else f"{self.protocol}/{self.persistence_timeout}"


def plan_load_balancer(view: BalancerView) -> list[Row]:
    """A row without VIPs stands for a load balancer without listeners, so that it can be seen."""
    shares: dict[Share, list[ListenerView]] = {}
    pools = {pool.id: pool for pool in view.pools}
    for listener in view.listeners:
        shares.setdefault(_share_of(listener, pools), []).append(listener)
    rows = []
    for share, listeners in (shares or {Share("tcp"): []}).items():
        rows += _share_rows(view, share, listeners, pools)
    return rows


def _share_of(listener: ListenerView, pools: Mapping[str, PoolView]) -> Share:
    pool = pools.get(listener.default_pool_id or "")
    return Share(listener.protocol.lower(), None if pool is None else pool.persistence_timeout)


def _share_rows(
    view: BalancerView, share: Share, listeners: list[ListenerView], pools: Mapping[str, PoolView]
) -> list[Row]:
    owner = names.load_balancer_owner(view.id)
    uuid = names.load_balancer_uuid(view.id, share.part)
    vips: dict[str, str] = {}
    probes: dict[str, str] = {}
    checks: list[Row] = []
    for listener in listeners if view.admin_state_up else []:
        if not listener.admin_state_up:
            continue
        pool = pools.get(listener.default_pool_id or "")
        for address in addresses_of(view):
            vip = endpoint(address, listener.protocol_port)
            members = serving(pool, ip_address(address).version)
            vips[vip] = ",".join(endpoint(member.address, member.protocol_port) for member in members)
            if pool is not None and (checked := _probes(pool, members)):
                probes |= checked
                checks.append(_health_check(owner, uuid, pool, vip))
    balancer = Row(
        "Load_Balancer",
        owner=owner,
        uuid=uuid,
        members=(
            *(("Logical_Switch", names.switch_uuid(one), "load_balancer") for one in view.networks),
            *(("Logical_Router", names.router_uuid(one), "load_balancer") for one in view.routers),
        ),
        columns={
            "name": view.id,
            "protocol": share.protocol,
            "vips": vips,
            "ip_port_mappings": probes,
            "selection_fields": BY_CONNECTION if share.persistence_timeout is None else BY_CLIENT,
            "options": {
                # Nobody serves: a client is told so at once, and need not wait.
                "reject": "true",
                # What is open ends with the member or VIP that goes. Since OVN 23.09; older ones let it go on.
                "ct_flush": "true",
                "affinity_timeout": None if share.persistence_timeout is None else str(share.persistence_timeout),
            },
            "external_ids": _external_ids(view, listeners, pools),
        },
    )
    return [balancer, *checks]


def addresses_of(view: BalancerView) -> list[str]:
    """What clients may connect to: the VIPs and their floating IPs."""
    return [address for vip in view.vips for address in (vip.ip, *vip.floating_ips)]


def endpoint(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def serving(pool: PoolView | None, ip_version: int) -> list[MemberView]:
    """The members that take new connections to an address of that IP version."""
    if pool is None or not pool.admin_state_up:
        return []
    return [
        member
        for member in pool.members
        if member.admin_state_up and member.weight and ip_address(member.address).version == ip_version
    ]


def _probes(pool: PoolView, members: Iterable[MemberView]) -> dict[str, str]:
    """Which port a member is checked through, and from which address; a member that is no port of OVN's is not."""
    if pool.monitor is None or not pool.monitor.admin_state_up:
        return {}
    return {
        member.address: f"{names.switch_port_name(member.port_id)}:{member.probe_ip}"
        for member in members
        if member.port_id is not None and member.probe_ip is not None
    }


def _health_check(owner: str, balancer_uuid: str, pool: PoolView, vip: str) -> Row:
    monitor = pool.monitor
    assert monitor is not None
    return Row(
        "Load_Balancer_Health_Check",
        owner=owner,
        uuid=names.health_check_uuid(monitor.id, vip),
        inside=("Load_Balancer", balancer_uuid, "health_check"),
        columns={
            "vip": vip,
            "options": {
                "interval": str(monitor.delay),
                "timeout": str(monitor.timeout),
                "success_count": str(monitor.max_retries),
                "failure_count": str(monitor.max_retries_down),
            },
            "external_ids": {
                external_ids.HEALTH_MONITOR_ID: monitor.id,
                external_ids.HEALTH_MONITOR_POOL_ID: pool.id,
                external_ids.HEALTH_MONITOR_VIP: vip,
            },
        },
    )


def _external_ids(
    view: BalancerView, listeners: Iterable[ListenerView], pools: Mapping[str, PoolView]
) -> dict[str, str]:
    """What Octavia's OVN provider writes and a network engineer reads; here nothing is ever read back from it."""
    vip, *additional = view.vips
    said = {
        external_ids.VIP: vip.ip,
        external_ids.VIP_PORT_ID: vip.port_id,
        external_ids.BALANCER_ENABLED: str(view.admin_state_up),
    }
    if vip.floating_ips:
        said[external_ids.VIP_FLOATING_IP] = ",".join(vip.floating_ips)
    if additional:
        said[external_ids.ADDITIONAL_VIPS] = ",".join(one.ip for one in additional)
        said[external_ids.ADDITIONAL_VIP_PORT_IDS] = ",".join(one.port_id for one in additional)
    if view.routers:
        said[external_ids.BALANCER_ROUTERS] = ",".join(map(names.router_name, view.routers))
    for listener in listeners:
        pool = pools.get(listener.default_pool_id or "")
        led_to = "" if pool is None else f"pool_{pool.id}{_disabled(pool.admin_state_up)}"
        said[f"listener_{listener.id}{_disabled(listener.admin_state_up)}"] = f"{listener.protocol_port}:{led_to}"
        if pool is not None:
            said[led_to] = ",".join(
                f"member_{one.id}_{endpoint(one.address, one.protocol_port)}_{one.subnet_id or ''}"
                for one in pool.members
            )
    return said


def _disabled(admin_state_up: bool) -> str:
    return "" if admin_state_up else ":D"
