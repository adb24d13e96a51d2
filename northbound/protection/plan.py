"""A network or a router -> the meters of what its flows hand to ovn-controller. Pure.

OVN answers some packets not in flows but in ovn-controller, one after the other, for all guests of a host: leases,
neighbours, names, errors. Each network and each router has meters of its own, so that a guest who floods is cut short
on its host, and the others there are not: a meter counts per host and name, and OVN does not heed `fair` here. What honest
guests send all the time and what they send now and then are metered apart.

Where ovn-controller only completes a packet, and its flows go on with that (leases, router solicitations, names), Open
vSwitch 3.1 takes no notice of the meter: guests' requests of that kind are limited on their way there, by their size.
Source: ovn-nb(5), Copp, Meter and QoS; threat D5.
"""

from northbound.meters import plan_meter
from southbound import names
from southbound.ovsdb.rows import Row, row_uuid

PACKETS_PER_S = {"steady": 1000, "occasional": 500}
"""Also how many may come at once. ovn-controller copes with some ten thousand a second."""
PROTOCOLS = {
    "steady": ("dns", "svc-monitor", "bfd"),
    "occasional": (
        *("arp", "arp-resolve", "nd-ns", "nd-na", "nd-ns-resolve", "nd-ra-opts", "dhcpv4-opts", "dhcpv6-opts"),
        *("icmp4-error", "icmp6-error", "tcp-reset", "reject", "igmp", "event-elb"),
    ),
}

REQUEST_PRIORITY = 2010
"""Above the limits that a port follows: what it asks the cloud is counted here alone."""
REQUESTS_KBPS = 1000
"""Of all guests of a network on a host, and as much at once: some three hundred leases a second."""
REQUESTS = "(ip4 && udp.src == 68 && udp.dst == 67) || (ip6 && udp.src == 546 && udp.dst == 547) || (icmp6 && icmp6.type == 133)"
NAMES_KBPS = 4000
"""Of a network whose ports have names: several thousand questions a second."""


def protection_uuid(owner: str) -> str:
    """What a switch or router names in its column `copp`."""
    return row_uuid(owner, "protection")


def plan_protection(owner: str, api_id: str) -> list[Row]:
    """`api_id` is the network's or the router's."""
    policy = Row(
        "Copp",
        owner=owner,
        uuid=protection_uuid(owner),
        columns={
            "name": names.protection_name(api_id),
            "meters": {
                protocol: names.protection_meter_name(api_id, kind)
                for kind, protocols in PROTOCOLS.items()
                for protocol in protocols
            },
            "external_ids": {},
        },
    )
    return [policy, *(row for kind in PACKETS_PER_S for row in _meter(owner, api_id, kind))]


def _meter(owner: str, api_id: str, kind: str) -> list[Row]:
    name, rate = names.protection_meter_name(api_id, kind), PACKETS_PER_S[kind]
    return plan_meter(owner, name, f"protection/{kind}", rate, rate, fair=None)


def plan_request_limit(network_id: str) -> Row:
    """Of what its filtered guests ask for leases and routers."""
    return _limit(
        names.network_owner(network_id), network_id, "requests", _filtered(network_id), REQUESTS, REQUESTS_KBPS
    )


def plan_request_limit_of_port(port_id: str, network_id: str) -> Row:
    """The same of a guest that nobody filters, for itself."""
    guest = f'inport == "{names.switch_port_name(port_id)}"'
    return _limit(names.port_owner(port_id), network_id, "requests", guest, REQUESTS, REQUESTS_KBPS)


def plan_name_limit(network_id: str) -> Row:
    """Of what its filtered guests ask for names, where OVN answers."""
    return _limit(names.zone_owner(network_id), network_id, "names", _filtered(network_id), "udp.dst == 53", NAMES_KBPS)


def _filtered(network_id: str) -> str:
    return f"inport == @{names.drop_group_name(network_id)}"


def _limit(owner: str, network_id: str, kind: str, guests: str, match: str, kbps: int) -> Row:
    return Row(
        "QoS",
        owner=owner,
        uuid=row_uuid(owner, f"protection/{kind}/limit"),
        inside=("Logical_Switch", names.switch_uuid(network_id), "qos_rules"),
        columns={
            "priority": REQUEST_PRIORITY,
            "direction": "from-lport",
            "match": f"{guests} && ({match})",
            "bandwidth": {"rate": kbps, "burst": kbps},
            "action": {"dscp": None},
            "external_ids": {},
        },
    )
