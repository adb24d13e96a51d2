"""IP protocols by the names that security group rules accept, folded to their numbers. Pure.

Source: IANA protocol numbers; Networking API v2.0, security group rules, `protocol`.
"""

TCP, UDP, SCTP = 6, 17, 132
ICMP, ICMPV6 = 1, 58

NUMBERS = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "hopopt": 0,
    "icmp": ICMP,
    "icmpv6": ICMPV6,
    "igmp": 2,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "ipv6-icmp": ICMPV6,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": SCTP,
    "tcp": TCP,
    "udp": UDP,
    "udplite": 136,
    "vrrp": 112,
}
OF_IPV6 = frozenset(number for name, number in NUMBERS.items() if "ipv6" in name or name == "icmpv6")
WITH_PORTS = {TCP: "tcp", UDP: "udp", SCTP: "sctp"}
"""The protocols whose ports OVN can match, with OVN's names for them."""
ICMPS = frozenset({ICMP, ICMPV6})


def canonical(text: str) -> str | None:
    """The one spelling kept of a protocol: a known name or a number's decimal digits, "any" being None.

    Raises ValueError for anything else.
    """
    spelling = text.lower()
    if spelling in ("any", ""):
        return None
    if spelling in NUMBERS:
        return spelling
    if spelling.isascii() and spelling.isdecimal() and len(spelling) <= 3 and int(spelling) <= 255:
        return str(int(spelling))
    raise ValueError(text)


def number(protocol: str | None) -> int | None:
    """The protocol number that a canonical spelling means; None for any protocol."""
    if protocol is None:
        return None
    return NUMBERS[protocol] if protocol in NUMBERS else int(protocol)


def needs_ipv6(protocol: str) -> bool:
    """Whether the protocol, by whichever spelling, is one of IPv6 alone."""
    return number(protocol) in OF_IPV6
