"""Random programs for the network API: what a tenant might ask for, in any order, sensible or not. Strategies, pure.

A `Request` names resources by number: which of those that are there by then it means, is decided when it is made.
"""

from typing import Any, NamedTuple

from hypothesis import strategies as st

CIDRS = ("10.1.0.0/24", "10.2.0.0/24", "10.2.0.128/25", "fd01::/64", "fd02::/64", "192.168.7.0/29")
MODES = ("slaac", "dhcpv6-stateful", "dhcpv6-stateless")
PROTOCOLS = (None, "tcp", "udp", "icmp", "ipv6-icmp", "sctp", "47", "any")
PREFIXES = (None, "0.0.0.0/0", "10.1.0.0/16", "::/0", "fd01::/48")
NUMBERS = st.integers(0, 20)


class Request(NamedTuple):
    """`verb` make, attach, detach, lead_out, change or remove; `refers` has attribute -> (noun, number, whether a list)."""

    verb: str
    noun: str
    number: int = 0
    said: dict[str, Any] = {}
    refers: dict[str, tuple[str, int, bool]] = {}


def _maybe(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


def _make(
    noun: str, said: st.SearchStrategy[dict[str, Any]], **refers: st.SearchStrategy[Any]
) -> st.SearchStrategy[Request]:
    named = st.fixed_dictionaries(refers)
    return st.builds(lambda said, refers: Request("make", noun, 0, said, refers), said, named)


def _one(noun: str) -> st.SearchStrategy[tuple[str, int, bool]]:
    return st.tuples(st.just(noun), NUMBERS, st.just(False))


def _list(noun: str) -> st.SearchStrategy[tuple[str, int, bool]]:
    return st.tuples(st.just(noun), NUMBERS, st.just(True))


NAMES = st.sampled_from(['"', "$as", "@pg || 1", "}{", "ü", "a'b", "||"])
NETWORKS = st.sampled_from(
    [
        {},
        {"port_security_enabled": False},
        {"provider:network_type": "vlan", "provider:physical_network": "physical2"},
        {"provider:network_type": "flat", "provider:physical_network": "physical1", "router:external": True},
    ]
)
SUBNETS = st.builds(
    lambda cidr, mode, more: {"cidr": cidr, "ip_version": 6 if ":" in cidr else 4, **(_modes(mode) if ":" in cidr else {}), **more},
    st.sampled_from(CIDRS),
    st.sampled_from([None, *MODES]),
    _maybe(enable_dhcp=st.booleans(), gateway_ip=st.none(), dns_nameservers=st.sampled_from([["9.9.9.9"], ["fd00::9"]])),
)  # fmt: skip
PORTS = _maybe(
    name=NAMES,
    port_security_enabled=st.booleans(),
    admin_state_up=st.booleans(),
    fixed_ips=st.just([]),
    allowed_address_pairs=st.sampled_from([[{"ip_address": "10.1.0.99"}], [{"ip_address": "10.9.0.0/24", "mac_address": "fa:16:3e:00:00:77"}]]),
    extra_dhcp_opts=st.sampled_from([[{"opt_name": "mtu", "opt_value": "1300"}], [{"opt_name": "bootfile-name", "opt_value": "b"}]]),
)  # fmt: skip
RULES = st.fixed_dictionaries(
    {"direction": st.sampled_from(["ingress", "egress"]), "ethertype": st.sampled_from(["IPv4", "IPv6"])},
    optional={
        "protocol": st.sampled_from(PROTOCOLS),
        "port_range_min": st.sampled_from([None, 0, 1, 22]),
        "port_range_max": st.sampled_from([None, 0, 22, 65535]),
        "remote_ip_prefix": st.sampled_from(PREFIXES),
    },
)
NOUNS = ("network", "subnet", "port", "router", "security_group", "security_group_rule", "floatingip")
REQUESTS = st.one_of(
    _make("network", st.builds(lambda more, name: {"name": name, **more}, NETWORKS, NAMES)),
    _make("subnet", SUBNETS, network_id=_one("network")),
    _make("subnet", SUBNETS, network_id=_one("network")),
    _make("port", PORTS, network_id=_one("network"), security_groups=_list("security_group")),
    _make("port", st.just({}), network_id=_one("network")),
    _make("security_group", st.builds(lambda name, stateful: {"name": name, "stateful": stateful}, NAMES, st.booleans())),
    _make("security_group_rule", RULES, security_group_id=_one("security_group")),
    _make("security_group_rule", RULES, security_group_id=_one("security_group"), remote_group_id=_one("security_group")),
    _make("router", st.builds(lambda name, up: {"name": name, "admin_state_up": up}, NAMES, st.booleans())),
    _make("floatingip", st.just({}), floating_network_id=st.just(("network", 0, False)), port_id=_one("port")),
    st.builds(lambda router, subnet: Request("attach", "router", router, {}, {"subnet_id": subnet}), NUMBERS, _one("subnet")),
    st.builds(lambda router, subnet: Request("detach", "router", router, {}, {"subnet_id": subnet}), NUMBERS, _one("subnet")),
    st.builds(lambda router, out: Request("lead_out", "router", router, {}, {"network_id": out}), NUMBERS, _one("network")),
    st.builds(lambda port, said: Request("change", "port", port, said), NUMBERS, PORTS),
    st.builds(lambda noun, number: Request("remove", noun, number), st.sampled_from(NOUNS), NUMBERS),
)  # fmt: skip


def _modes(mode: str | None) -> dict[str, str]:
    return {"ipv6_ra_mode": mode, "ipv6_address_mode": mode} if mode else {}


FIRST = (
    Request("make", "network", 0, {"name": "out", "router:external": True, "provider:network_type": "flat", "provider:physical_network": "physical1"}),
    Request("make", "subnet", 0, {"cidr": "150.25.12.0/24", "ip_version": 4}, {"network_id": ("network", 0, False)}),
    Request("make", "network", 0, {"name": "in"}),
    Request("make", "subnet", 0, {"cidr": "10.1.0.0/24", "ip_version": 4}, {"network_id": ("network", 1, False)}),
    Request("make", "router", 0, {"name": "r"}),
    Request("attach", "router", 0, {}, {"subnet_id": ("subnet", 1, False)}),
    Request("lead_out", "router", 0, {}, {"network_id": ("network", 0, False)}),
    Request("make", "security_group", 0, {"name": "g"}),
    Request("make", "port", 0, {}, {"network_id": ("network", 1, False), "security_groups": ("security_group", 0, True)}),
)  # fmt: skip
"""What most of the rest needs."""
PROGRAMS = st.lists(REQUESTS, min_size=5, max_size=25).map(lambda requests: [*FIRST, *requests])
