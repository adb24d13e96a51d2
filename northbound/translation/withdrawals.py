"""What OVN no longer permits, as it is seen in its northbound database: connections that are open must end with it.

OVN looks at its rules when a connection opens, and lets its replies pass unseen; a translation lives in conntrack for
as long as packets use it. So whoever forwards must forget the connections of the ports and the translated addresses
that lost something, and look at the rules again. A change of any writer counts, ours and a person's alike:

    an ACL that went or says something else      the ports of its group
    a port that left a group                     the port itself, and its addresses where ACLs name those of the group
    an address that left a port or a set         the address, where ACLs name it; of a range the ports of these ACLs
    a translation that went or leads elsewhere   its outer address

Each port with the protocol, and the port of it, that the ACL permitted: others of its connections need no second look.
A group may have thousands of members, so that what leaves it is told as an address, once, and not for each of them; a
port that is no more has nobody who speaks, and is not told of. Nor is a port that is not ours, for which no host of
ours speaks.
Pure but for `run`, which tells the listener what has gathered, one batch after the other. What cannot be told is told
again for some seconds: by then who was away is back, or the batch itself is what cannot be told, and the next have waited
long enough.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address

import structlog
from msgspec import Struct

from southbound.ovsdb.replica import Change, Columns, Replica
from southbound.ovsdb.rows import owner_of

FIRST_PAUSE_S = 0.1
ATTEMPTS = 7
"""Pauses double: six seconds in all, which is longer than a leader without PostgreSQL leads."""

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
    """Permits that ports lost, and addresses that lost a translation or that others no longer admit."""

    permits: frozenset[Permit]
    addresses: frozenset[str]


Listener = Callable[[Withdrawn], Awaitable[None]]
"""May raise, and is told again then; so it may hear the same twice."""

log = structlog.get_logger()


class Withdrawals:
    """Gathers from a replica what `tell` is to hear."""

    def __init__(self, replica: Replica, tell: Listener) -> None:
        self._replica = replica
        self._tell = tell
        self._permits: set[tuple[str, str]] = set()
        self._left: set[tuple[str, str]] = set()
        self._members: set[tuple[str, str]] = set()
        self._addresses: set[str] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Runs until cancelled."""
        with self._replica.listening(self.observe):
            while True:
                await self._news.wait()
                withdrawn = self.take()
                if withdrawn.permits or withdrawn.addresses:
                    await self._tell_at_last(withdrawn)

    async def _tell_at_last(self, withdrawn: Withdrawn) -> None:
        pause_s = FIRST_PAUSE_S
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._tell(withdrawn)
                return
            except Exception:
                log.exception("withdrawals not told", attempt=attempt, permits=len(withdrawn.permits))
            if attempt < ATTEMPTS:
                await asyncio.sleep(pause_s)
                pause_s *= 2
        log.error("open connections stay", permits=len(withdrawn.permits), addresses=len(withdrawn.addresses))

    def take(self) -> Withdrawn:
        """Everything gathered since the last time."""
        self._news.clear()
        ports = self._replica.rows("Logical_Switch_Port")
        gone = self._members | {
            (ip, name) for row, name in self._left if row in ports for ip in _addresses(ports[row]["addresses"])
        }
        naming = self._acls_naming({name for _, name in gone})
        plain = {element for element, name in gone if name in naming and "/" not in element}
        wide = {acl for element, name in gone if "/" in element for acl in naming.get(name, ())}
        lost = self._permits | {pair for acl in wide for pair in self._of(*acl)}
        permits = {permit(ports[row]["name"], match) for row, match in lost if row in ports and _is_ours(ports[row])}
        taken = Withdrawn(frozenset(permits), frozenset(self._addresses | plain))
        for gathered in (self._permits, self._left, self._members, self._addresses):
            gathered.clear()
        return taken

    def observe(self, change: Change) -> None:
        """Takes note of one change; what merely appears takes nothing away."""
        if change.before is None or not self._replica.complete:
            return
        match change.table:
            case "ACL" if _differ(change, ACL_MEANING):
                self._permits.update(self._of(change.uuid, change.before["match"]))
            case "Port_Group":
                self._group_changed(change.before, change.after, change.moved)
            case "Logical_Switch_Port" if change.after is not None:
                lost = _addresses(change.before["addresses"]) - _addresses(change.after["addresses"])
                groups = self._replica.holders("Port_Group", "ports", change.uuid) if lost else ()
                names = {self._replica.rows("Port_Group")[group]["name"] for group in groups}
                self._members.update((ip, name) for ip in lost for name in names)
            case "Address_Set" if change.after is not None:
                lost = set(change.before["addresses"]) - set(change.after["addresses"])
                self._members.update((_plain(element), change.before["name"]) for element in lost)
            case "NAT" if _differ(change, NAT_MEANING):
                self._addresses.add(change.before["external_ip"])
        if self._permits or self._left or self._members or self._addresses:
            self._news.set()

    def _group_changed(self, before: Columns, after: Columns | None, moved: Mapping[str, frozenset[str]]) -> None:
        """Of an ACL and the group that loses it, either may change first, while the other is as it was."""
        now = after or {"ports": frozenset(), "acls": frozenset()}
        left, gone = (moved.get(column, frozenset()) & before[column] for column in ("ports", "acls"))
        self._left.update((port, before["name"]) for port in left)
        for acls, ports in ((before["acls"], left), (gone, now["ports"])):
            matches = [acl["match"] for uuid in acls if (acl := self._replica.find("ACL", uuid))] if ports else []
            self._permits.update((port, match) for match in matches for port in ports)

    def _of(self, acl: str, match: str) -> Iterator[tuple[str, str]]:
        """(row of a port, the match) for the ports of the group that has the ACL."""
        for group in self._replica.holders("Port_Group", "acls", acl):
            yield from ((port, match) for port in self._replica.rows("Port_Group")[group]["ports"])

    def _acls_naming(self, names: set[str]) -> Mapping[str, list[tuple[str, str]]]:
        """(row, match) of the ACLs that name an address set, or a group by the sets of its members, for each name."""
        references = {f"{name}{family}": name for name in names for family in ("", "_ip4", "_ip6")}
        found = defaultdict(list)
        for uuid, acl in self._replica.rows("ACL").items() if references else ():
            for reference in SET_NAME.findall(acl["match"]) if "$" in acl["match"] else ():
                if reference in references:
                    found[references[reference]].append((uuid, acl["match"]))
        return found


def permit(port_id: str, match: str) -> Permit:
    """What the ACL with this match, which is ours, permitted the port."""
    protocol, destination = PROTOCOL.search(match), DESTINATION.search(match)
    number = None if protocol is None else PROTOCOLS[protocol[1]] if protocol[1] else int(protocol[2])
    return Permit(port_id, number, int(destination[1]) if destination else None)


def _differ(change: Change, columns: tuple[str, ...]) -> bool:
    return change.after is None or any(change.before[name] != change.after[name] for name in columns)


def _is_ours(port: Columns) -> bool:
    return (owner_of(port["external_ids"]) or "").startswith("port/")


def _addresses(column: Iterable[str]) -> set[str]:
    """The IP addresses in the `addresses` of switch ports, which also hold MACs and words."""
    return {word for element in column for word in element.split() if _is_address(word)}


def _is_address(word: str) -> bool:
    try:
        return bool(ip_address(word))
    except ValueError:
        return False


def _plain(element: str) -> str:
    """An address without the prefix that says it is one."""
    return element.removesuffix("/32") if "." in element else element.removesuffix("/128")
