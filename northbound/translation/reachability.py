"""What becomes reachable, and what no longer is, when rows change: pure, from the plan before and the plan after.

    rows -> facts ("10.0.0.0/24 is routed by router R") -> those that are only before are lost, those only after gained

A fact is one thing that packets can do because of one row. Each table that lets packets through has its line in FACTS.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from southbound import external_ids
from southbound.ovsdb.rows import Row

SHOWN_PORTS = 20
Members = Mapping[str, Collection[str]]
"""Ids of the ports in a port group, by the group row's UUID."""


class Fact(NamedTuple):
    """`kind` is one of a few words, `said` the same in structure as `text` in words, as sorted pairs."""

    kind: str
    text: str
    said: tuple[tuple[str, str], ...]


def changes(before: Iterable[Row], after: Iterable[Row], members: Members) -> list[dict[str, Any]]:
    """What is lost and what is gained, in that order; each with `effect`, `kind`, `text` and what the text names."""
    old, new = dict.fromkeys(facts(before, members)), dict.fromkeys(facts(after, members))
    lost = [_render("lost", fact) for fact in old if fact not in new]
    return lost + [_render("gained", fact) for fact in new if fact not in old]


def facts(rows: Iterable[Row], members: Members) -> Iterator[Fact]:
    """Every fact of the rows, in their order."""
    for row in rows:
        if row.table in FACTS:
            yield from FACTS[row.table](row, members)


def _render(effect: str, fact: Fact) -> dict[str, Any]:
    return {"effect": effect, "kind": fact.kind, "text": fact.text, **dict(fact.said)}


def _fact(kind: str, text: str, **said: str | None) -> Fact:
    return Fact(kind, text, tuple(sorted((key, value) for key, value in said.items() if value)))


# Switch ports.


def _of_switch_port(row: Row, _members: Members) -> Iterator[Fact]:
    """Where the port's addresses are, what it may send as, whose rules it obeys; nothing while it is disabled."""
    if row.columns.get("type") not in ("", "virtual") or row.columns.get("enabled") is False or row.inside is None:
        return
    port, network = row.columns["name"], row.inside[1]
    own = str(row.columns["external_ids"].get(external_ids.CIDRS) or "").split()
    for cidr in own:
        address = cidr.partition("/")[0]
        yield _fact("address", f"{address} of port {port} is in network {network}", **_at(port, network, address))
    yield from _allowances(port, row)


def _at(port: str, network: str, address: str) -> dict[str, str]:
    return {"port": port, "network": network, "address": address}


def _allowances(port: str, row: Row) -> Iterator[Fact]:
    checked = row.columns.get("port_security") or ()
    for entry in checked:
        mac, _, addresses = entry.partition(" ")
        who = f"{addresses or 'no IP address'} with MAC {mac}"
        yield _fact("source", f"port {port} may send as {who}", port=port, mac=mac, addresses=addresses)
    if not checked:
        text = f"port {port} may send and is sent everything: nothing filters it"
        yield _fact("unfiltered", text, port=port)
    groups = str(row.columns["external_ids"].get(external_ids.SECURITY_GROUP_IDS) or "").split()
    for group in groups if checked else ():
        text = f"port {port} obeys the rules of security group {group}"
        yield _fact("member", text, port=port, security_group=group)


# Rules.


def _of_acl(row: Row, members: Members) -> Iterator[Fact]:
    rule = (row.columns.get("external_ids") or {}).get(external_ids.SECURITY_GROUP_RULE_ID)
    if rule is None or not str(row.columns["action"]).startswith("allow") or row.inside is None:
        return
    _, group, _ = row.inside
    ingress = row.columns["direction"] == "to-lport"
    remote, traffic = read_match(str(row.columns["match"]))
    group_id = _group_of(str(row.columns["match"]))
    verb = "accept" if ingress else "may send"
    text = f"{_ports_of(group, members)} of security group {group_id} {verb} {traffic} {'from' if ingress else 'to'} {remote}"
    yield _fact(
        "permit",
        text,
        security_group=group_id,
        rule=rule,
        direction="ingress" if ingress else "egress",
        remote=remote,
        traffic=traffic,
        ports=" ".join(sorted(members.get(group, ()))[:SHOWN_PORTS]),
    )


def _ports_of(group: str, members: Members) -> str:
    count = len(members.get(group, ()))
    return f"the {count} port{'' if count == 1 else 's'}"


def _group_of(match: str) -> str:
    """The id of the group whose ports a rule is about."""
    return match.partition(" && ")[0].partition("@pg_")[2].replace("_", "-")


FAMILY = re.compile(r"ip([46])")
REMOTE = re.compile(r"ip[46]\.(?:src|dst) == (.+)")
REMOTE_GROUP = re.compile(r"\$pg_([0-9a-f_]+)_ip[46]")
PORT = re.compile(r"(?:tcp|udp|sctp)\.dst (==|>=|<=) (\d+)")
ICMP = re.compile(r"icmp[46]\.(type|code) == (\d+)")


def read_match(match: str) -> tuple[str, str]:
    """(who is at the other end, which traffic) in words, of a match as rules have it; what is unknown stays as it is."""
    remote, words, ports = "anywhere", [], {}
    for term in match.split(" && ")[1:]:
        if found := REMOTE.fullmatch(term):
            remote = _remote(found[1])
        elif found := PORT.fullmatch(term):
            ports[found[1]] = found[2]
        elif found := ICMP.fullmatch(term):
            words.append(f"{found[1]} {found[2]}")
        elif found := FAMILY.fullmatch(term):
            words.append(f"IPv{found[1]}")
        else:
            words.append(term.removeprefix("ip.proto == ") if term.startswith("ip.proto == ") else term)
    if "==" in ports:
        words.append(f"port {ports['==']}")
    elif ports:
        words.append(f"ports {ports.get('>=', '0')}-{ports.get('<=', '65535')}")
    return remote, " ".join(words)


def _remote(text: str) -> str:
    found = REMOTE_GROUP.fullmatch(text)
    return f"the ports of security group {found[1].replace('_', '-')}" if found else text


# Routers.


def _of_router(row: Row, _members: Members) -> Iterator[Fact]:
    if row.columns.get("enabled") is not False:
        yield _fact("forwarding", f"router {row.uuid} forwards packets", router=row.uuid)


def _of_router_port(row: Row, _members: Members) -> Iterator[Fact]:
    if row.inside is None:
        return
    ids = row.columns["external_ids"]
    router, network = row.inside[1], str(ids.get(external_ids.NETWORK_NAME)).removeprefix("neutron-")
    outside = ids.get(external_ids.IS_GATEWAY) == "True"
    for address in row.columns["networks"]:
        cidr = str(ipaddress.ip_interface(address).network)
        text = f"{cidr} of network {network} is routed by router {router}"
        if outside:
            text = f"router {router} leads to the external network {network}, where it is {address.partition('/')[0]}"
        yield _fact("outside" if outside else "routed", text, router=router, network=network, cidr=cidr)


def _of_route(row: Row, _members: Members) -> Iterator[Fact]:
    if row.inside is None:
        return
    router, prefix, nexthop = row.inside[1], str(row.columns["ip_prefix"]), str(row.columns["nexthop"])
    text = f"router {router} leads {prefix} to {nexthop}"
    yield _fact("route", text, router=router, cidr=prefix, nexthop=nexthop)


def _of_nat(row: Row, _members: Members) -> Iterator[Fact]:
    if row.inside is None:
        return
    outside, inside = str(row.columns["external_ip"]), str(row.columns["logical_ip"])
    said = {"router": row.inside[1], "external_address": outside, "internal_address": inside}
    if row.columns["type"] == "dnat_and_snat":
        text = f"{outside} is reachable from outside and is {inside}"
        yield _fact("floating_ip", text, port=row.columns.get("logical_port"), **said)
    else:
        yield _fact("source_nat", f"{inside} reaches the outside as {outside}", **said)


def _of_load_balancer(row: Row, _members: Members) -> Iterator[Fact]:
    protocol = str(row.columns.get("protocol") or "tcp")
    for vip, backends in sorted((row.columns.get("vips") or {}).items()):
        if backends:
            text = f"{vip} ({protocol}) is answered by {backends}"
            yield _fact("balanced", text, external_address=vip, internal_address=str(backends), protocol=protocol)


FACTS: Mapping[str, Callable[[Row, Members], Iterator[Fact]]] = {
    "Logical_Switch_Port": _of_switch_port,
    "ACL": _of_acl,
    "Logical_Router": _of_router,
    "Logical_Router_Port": _of_router_port,
    "Logical_Router_Static_Route": _of_route,
    "NAT": _of_nat,
    "Load_Balancer": _of_load_balancer,
}
