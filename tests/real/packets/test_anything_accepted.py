"""Threat N4: whatever the API takes of one tenant, OVN understands, and another tenant's port is wired as ever."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.real.packets.laboratory import Laboratory

pytestmark = pytest.mark.real
COMPLAINTS = ("parsing", "invalid", "bad ", "not a valid", "Syntax error", "undefined", "unknown")
HOSTILE = st.sampled_from(
    ["", "any", "ANY", "tcp", "TCP", "6", "06", " 6", "0", "255", "256", "-1", "ipv6-icmp", "icmpv6", "icmp", "vrrp",
     "hopopt", "ipv6-frag", "a\nb", '"', "$as", "} || 1", "\x00", "é", "unknown", "%"]
)  # fmt: skip
ADDRESSES = st.sampled_from(
    ["10.0.0.7", "10.0.0.1", "010.0.0.7", "10.0.0.300", "10.7", "167772167", "::ffff:10.0.0.7", "fe80::1%eth0", "::",
     "0.0.0.0", "255.255.255.255", "224.0.0.1", "2001:DB8::7", "2001:db8:0:0::7", "10.0.0.0", "10.0.0.255", "127.0.0.1"]
)  # fmt: skip
PREFIXES = st.one_of(
    ADDRESSES,
    st.builds("{}/{}".format, ADDRESSES, st.sampled_from(["0", "1", "8", "24", "32", "33", "64", "128", "-1", "x"])),
)
NUMBERS = st.one_of(st.none(), st.integers(-2, 70000), st.sampled_from([2**31, 2**63, "22", "x", 1.5, True]))
MACS = st.sampled_from(
    ["fa:16:3e:00:00:07", "FA-16-3E-00-00-08", "unknown", "dynamic", "router", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01",
     "00:00:00:00:00:00", "fa163e000009", "fa:16:3e:00:00:0a 10.0.0.9"]
)  # fmt: skip
TEXT = st.one_of(HOSTILE, st.text(max_size=8))


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


LIKELY_RULES = st.fixed_dictionaries(
    {"direction": st.sampled_from(["ingress", "egress"])},
    optional={
        "protocol": st.sampled_from(["tcp", "UDP", 132, "icmp", "1", "gre", "255", "hopopt", "0"]),
        "remote_ip_prefix": PREFIXES,
        "description": TEXT,
    },
)
LIKELY_RANGES = st.fixed_dictionaries(
    {
        "direction": st.just("ingress"),
        "protocol": st.sampled_from(["tcp", "17", "sctp", "icmp", "ipv6-icmp"]),
        "ethertype": st.sampled_from(["IPv4", "IPv6"]),
        "port_range_min": st.sampled_from([0, 1, 128, 255, 256, 65535]),
        "port_range_max": st.sampled_from([0, 1, 255, 256, 65535, 65536]),
    }
)
HOSTILE_RULES = some(
    direction=st.sampled_from(["ingress", "egress", "Ingress", "both"]),
    ethertype=st.sampled_from(["IPv4", "IPv6", "ipv4", "IPv5"]),
    protocol=st.one_of(HOSTILE, NUMBERS),
    port_range_min=NUMBERS,
    port_range_max=NUMBERS,
    remote_ip_prefix=PREFIXES,
)
RULES = st.one_of(LIKELY_RULES, LIKELY_RANGES, HOSTILE_RULES)
OPTION_NAMES = st.sampled_from(
    ["mtu", "router", "dns-server", "domain-name", "bootfile-name", "classless-static-route", "121", "domain-search",
     "ntp-server", "tftp-server", "lease-time", "server-ip-address", "wpad", "no-such", "tag:ipxe,67"]
)  # fmt: skip
PORTS = some(
    name=TEXT,
    mac_address=MACS,
    fixed_ips=st.lists(some(ip_address=ADDRESSES), max_size=2),
    allowed_address_pairs=st.lists(some(ip_address=PREFIXES, mac_address=MACS), max_size=3),
    extra_dhcp_opts=st.lists(
        some(opt_name=OPTION_NAMES, opt_value=st.one_of(TEXT, PREFIXES), ip_version=st.sampled_from([4, 6, 5])),
        max_size=3,
    ),
    device_owner=TEXT,
    dns_name=TEXT,
    admin_state_up=st.booleans(),
)
SUBNETS = some(
    cidr=PREFIXES,
    gateway_ip=ADDRESSES,
    ip_version=st.sampled_from([4, 6]),
    dns_nameservers=st.lists(ADDRESSES, max_size=2),
    host_routes=st.lists(some(destination=PREFIXES, nexthop=ADDRESSES), max_size=2),
    ipv6_address_mode=st.sampled_from(["slaac", "dhcpv6-stateful", "x"]),
    name=TEXT,
)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.lists(RULES, max_size=12), st.lists(PORTS, max_size=8), st.lists(SUBNETS, max_size=3))
async def test_threat_n4_whatever_is_accepted_ovn_understands(
    lab: Laboratory, rules: list[dict], ports: list[dict], subnets: list[dict]
) -> None:
    log = lab.chassis.controller.log_path
    seen = len(log.read_text())
    network, _ = await lab.network("10.0.0.0/24")
    group = await lab.group()
    asked = [
        *(("subnet", {"network_id": network["id"]} | said) for said in subnets),
        *(("security_group_rule", {"security_group_id": group["id"]} | said) for said in rules),
        *(("port", {"network_id": network["id"], "security_groups": [group["id"]]} | said) for said in ports),
    ]
    accepted = []
    for noun, said in asked:
        answer = await lab.api.ask("POST", f"/v2.0/{noun.replace('_', '-')}s", {noun: said})
        assert answer.status in (201, 400, 403, 409), (noun, said, answer.body)
        if answer.status == 201 and noun == "port" and answer.body[noun]["admin_state_up"]:
            accepted.append(answer.body[noun])
    plain = await lab.api.make("port", network_id=network["id"], security_groups=[group["id"]])
    theirs, _ = await lab.network("10.0.0.0/24", who="bob")
    pair = [await lab.api.make("port", who="bob", network_id=theirs["id"]) for _ in range(2)]
    async with lab.plugged(*accepted[:2], plain, silent=True), lab.plugged(*pair) as (one, other):
        assert await one.reaches(other.ip)
        await lab.settled()
    assert [line for line in log.read_text()[seen:].splitlines() if any(word in line for word in COMPLAINTS)] == []
    assert lab.api.translation.quarantined == 0
