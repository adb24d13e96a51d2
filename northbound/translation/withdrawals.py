"""What OVN no longer permits, as it is seen in its northbound database: connections that are open must end with it.

OVN looks at its rules when a connection opens, and lets its replies pass unseen; a translation lives in conntrack for
as long as packets use it. So whoever forwards must forget the connections of the ports and the translated addresses
that lost something, and look at the rules again. A change of any writer counts, ours and a person's alike:

    an ACL that went or says something else      the ports of its group
    a port that left a group                     the port itself, and the ports whose ACLs name the group's addresses
    an address that left a port or a set         the ports whose ACLs name the set
    a translation that went or leads elsewhere   its outer address

Each port with the protocol, and the port of it, that the ACL permitted: others of its connections need no second look.
Pure but for `run`, which tells the listener what has gathered, one batch after the other.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator

from msgspec import Struct

from southbound.ovsdb.replica import Change, Columns, Replica

ACL_MEANING = ("match", "action", "direction", "priority")
NAT_MEANING = ("type", "external_ip", "logical_ip")


SET_NAME = re.compile(r"\$(\w+)")
DESTINATION = re.compile(r"\b(?:tcp|udp|sctp)\.dst == (\d+)")
PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132, "icmp4": 1, "icmp6": 58}
PROTOCOL = re.compile(rf"\b(?:({'|'.join(PROTOCOLS)})\b|ip\.proto == (\d+))")


class Permit(Struct, frozen=True):
    """What a port lost: connections of `protocol` to `destination`, None meaning all."""

    port_id: str
    protocol: int | None
    destination: int | None


class Withdrawn(Struct, frozen=True):
    """Permits that ports lost, and outer addresses that lost a translation."""

    permits: frozenset[Permit]
    addresses: frozenset[str]


Listener = Callable[[Withdrawn], Awaitable[None]]


class Withdrawals:
    """Gathers from a replica what `tell` is to hear; `tell` must not raise."""

    def __init__(self, replica: Replica, tell: Listener) -> None:
        self._replica = replica
        self._tell = tell
        self._lost: set[tuple[str, str]] = set()
        self._sets: set[str] = set()
        self._addresses: set[str] = set()
        self._news = asyncio.Event()
        replica.listen(self.observe)

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._news.wait()
            withdrawn = self.take()
            if withdrawn.permits or withdrawn.addresses:
                await self._tell(withdrawn)

    def take(self) -> Withdrawn:
        """Everything gathered since the last time."""
        self._news.clear()
        lost = self._lost | set(self._members_that_name(self._sets))
        ports = self._replica.rows("Logical_Switch_Port")
        permits = {permit(ports[row]["name"], match) for row, match in lost if row in ports}
        taken = Withdrawn(frozenset(permits), frozenset(self._addresses))
        self._lost, self._sets, self._addresses = set(), set(), set()
        return taken

    def observe(self, change: Change) -> None:
        """Takes note of one change; what merely appears takes nothing away."""
        if change.before is None or not self._replica.complete:
            return
        match change.table:
            case "ACL" if _differ(change, ACL_MEANING):
                self._lost.update(self._members_of(change.uuid, change.before["match"]))
            case "Port_Group":
                self._group_changed(change.before, change.after)
            case "Logical_Switch_Port" if change.after is not None and _lost(change, "addresses"):
                groups = self._replica.holders("Port_Group", "ports", change.uuid)
                self._sets |= {self._replica.rows("Port_Group")[group]["name"] for group in groups}
            case "Address_Set" if _lost(change, "addresses"):
                self._sets.add(change.before["name"])
            case "NAT" if _differ(change, NAT_MEANING):
                self._addresses.add(change.before["external_ip"])
        if self._lost or self._sets or self._addresses:
            self._news.set()

    def _group_changed(self, before: Columns, after: Columns | None) -> None:
        """Of an ACL and the group that loses it, either may change first, while the other is as it was."""
        now = after or {"ports": frozenset(), "acls": frozenset()}
        left, gone = before["ports"] - now["ports"], before["acls"] - now["acls"]
        if left:
            self._sets.add(before["name"])
        for acls, ports in ((before["acls"], left), (gone, now["ports"])):
            matches = [acl["match"] for uuid in acls if (acl := self._replica.find("ACL", uuid))] if ports else []
            self._lost.update((port, match) for match in matches for port in ports)

    def _members_of(self, acl: str, match: str) -> Iterator[tuple[str, str]]:
        """(row of a port, the match) for the ports of the group that has the ACL."""
        for group in self._replica.holders("Port_Group", "acls", acl):
            yield from ((port, match) for port in self._replica.rows("Port_Group")[group]["ports"])

    def _members_that_name(self, sets: set[str]) -> Iterator[tuple[str, str]]:
        """The same for every ACL that names one of the sets: a group's addresses are in sets called after it."""
        if not sets:
            return
        references = {f"{name}{family}" for name in sets for family in ("", "_ip4", "_ip6")}
        for uuid, acl in self._replica.rows("ACL").items():
            if not references.isdisjoint(SET_NAME.findall(acl["match"])):
                yield from self._members_of(uuid, acl["match"])


def permit(port_id: str, match: str) -> Permit:
    """What the ACL with this match, which is ours, permitted the port."""
    protocol, destination = PROTOCOL.search(match), DESTINATION.search(match)
    number = None if protocol is None else PROTOCOLS[protocol[1]] if protocol[1] else int(protocol[2])
    return Permit(port_id, number, int(destination[1]) if destination else None)


def _differ(change: Change, columns: tuple[str, ...]) -> bool:
    return change.after is None or any(change.before[name] != change.after[name] for name in columns)


def _lost(change: Change, column: str) -> bool:
    """Whether the set has lost an element."""
    return bool(set(change.before[column]) - set(change.after[column] if change.after else ()))
