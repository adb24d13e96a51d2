"""What must be true of a plan before it may be applied: pure, per row, of the rows of a group of owners and of OVN.

    violations(rows by owner, replica) -> {owner: "name-unique: ..."}        empty when all is well

An owner that breaks an invariant is left out, with the invariant's name as the reason; the others go on. Each check
looks at the row and at what the row names, in the group or in the replica, so that a group costs what it touches. A column that a plan
does not decide is not judged. Source: ovn-mapping, "Minimal invariants to test against"; ovn-nb(5).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from southbound import names
from southbound.ovsdb.replica import Columns, Replica, RowKey
from southbound.ovsdb.rows import OWNER_KEY, Row, owner_of

Wanted = Mapping[str, Sequence[Row]]
NOBODY: frozenset[str] = frozenset()

# Names that tell rows of a table apart; in the second set the database itself refuses a second one. All rows of one
# load balancer share its name.
NAMED_TABLES = frozenset({"Logical_Switch", "Logical_Router"})
INDEXED_TABLES = frozenset(
    {
        *("Logical_Switch_Port", "Logical_Router_Port", "Port_Group", "Address_Set", "Gateway_Chassis"),
        *("HA_Chassis_Group", "Copp", "Meter"),
    }
)


def violations(wanted: Wanted, replica: Replica, coming: Container[str] = NOBODY) -> dict[str, str]:
    """The first invariant that each owner breaks, as "name: what is wrong"; `coming` are owners planned after these."""
    group = Group(wanted, replica, coming)
    found = {}
    for owner, rows in wanted.items():
        for row in rows:
            problem = next(_problems(owner, row, group), None)
            if problem is not None:
                found[owner] = problem
                break
    return found


class Group:
    """The rows that are planned together, and what is in OVN around them."""

    def __init__(self, wanted: Wanted, replica: Replica, coming: Container[str]) -> None:
        self.wanted = wanted
        self.replica = replica
        self.coming = coming
        self.planned: dict[RowKey, Row] = {}
        self.again: set[RowKey] = set()
        self._named: dict[tuple[str, Any], set[str]] = defaultdict(set)
        self.placed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._references: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        for rows in wanted.values():
            for row in rows:
                self._add(row)

    def _add(self, row: Row) -> None:
        key = (row.table, row.uuid)
        if key in self.planned:
            self.again.add(key)
        self.planned[key] = row
        if "name" in row.columns:
            self._named[row.table, row.columns["name"]].add(row.uuid)
        for address in own_addresses(row):
            self.placed[row.inside[1], address].add(row.uuid)

    def find(self, table: str, uuid: str) -> Columns | None:
        """The row's columns as planned, else as they are in OVN."""
        row = self.planned.get((table, uuid))
        return self.replica.find(table, uuid) if row is None else row.columns

    def references(self, table: str) -> list[tuple[str, str]]:
        """(column, table that it names rows of), of tables that are kept in memory."""
        found = self._references.get(table)
        if found is None:
            known = self.replica.schema.tables.get(table)
            targets = {column: kind.ref_table for column, kind in known.columns.items()} if known else {}
            found = [(column, target) for column, target in targets.items() if target in self.replica.registered]
            self._references[table] = found
        return found

    def is_known(self, kind: str, name: str) -> bool:
        """Whether a match may name it: looked up once, though all rules of a group name the group."""
        known = self._known.get((kind, name))
        if known is None:
            known = self._known[kind, name] = _is_known(kind, name, self)
        return known

    def named(self, table: str, name: Any) -> set[str]:
        """UUIDs of the rows of that name, planned or in OVN and not about to go or to be called otherwise."""
        found = set(self._named.get((table, name), ()))
        for uuid in self.replica.uuids_named(table, name):
            owner = owner_of((self.replica.find(table, uuid) or {}).get("external_ids", {}))
            if (table, uuid) not in self.planned and owner not in self.wanted:
                found.add(uuid)
        return found


Check = Callable[[Row, Group], Iterator[str]]


def _problems(owner: str, row: Row, group: Group) -> Iterator[str]:
    if row.owner != owner:
        yield f"owner-key: {row.table} {row.uuid} says that it belongs to {row.owner}"
    for name, check in EVERY_ROW.items():
        for problem in check(row, group):
            yield f"{name}: {problem}"
    for name, check in BY_TABLE.get(row.table, {}).items():
        for problem in check(row, group):
            yield f"{name}: {problem}"


def _is_markable(row: Row, group: Group) -> Iterator[str]:
    """A row that cannot carry its owner could never be told from a stranger's."""
    schema = group.replica.schema
    if row.table in schema.tables and not schema.has_column(row.table, "external_ids"):
        yield f"{row.table} has no external_ids for {OWNER_KEY}"


def _is_planned_once(row: Row, group: Group) -> Iterator[str]:
    if (row.table, row.uuid) in group.again:
        yield f"{row.table} {row.uuid} is planned more than once"


def _has_its_name_alone(row: Row, group: Group) -> Iterator[str]:
    name = row.columns.get("name")
    if not name:
        return
    others = NOBODY
    if row.table in INDEXED_TABLES:
        others = group.named(row.table, name) - {row.uuid}
    elif row.table in NAMED_TABLES:
        others = {uuid for uuid in group.named(row.table, name) if (row.table, uuid) in group.planned} - {row.uuid}
    if others:
        yield f"{row.table} {name} is also the name of {', '.join(sorted(others))}"


def _hangs_in_a_row(row: Row, group: Group) -> Iterator[str]:
    """A row of a table that is no root is collected by the database unless another holds it."""
    table = group.replica.schema.tables.get(row.table)
    if table is not None and table.is_root != (row.inside is None):
        yield f"{row.table} {row.uuid} must {'not ' if table.is_root else ''}hang in another row"
    for table_name, uuid, column in (*([row.inside] if row.inside else []), *row.members):
        if group.find(table_name, uuid) is None:
            yield f"{table_name} {uuid}, whose {column} should hold it, does not exist"


def _names_rows_that_exist(row: Row, group: Group) -> Iterator[str]:
    for column, target in group.references(row.table):
        value = row.columns.get(column)
        for uuid in [value] if isinstance(value, str) and value else value or ():
            if group.find(target, uuid) is None:
                yield f"{row.table}.{column} names {target} {uuid}, which does not exist"


EVERY_ROW: Mapping[str, Check] = {
    "owner-markable": _is_markable,
    "row-unique": _is_planned_once,
    "name-unique": _has_its_name_alone,
    "holder-exists": _hangs_in_a_row,
    "reference-exists": _names_rows_that_exist,
}


# Matches.

NAME_IN_MATCH = re.compile(r"([@$])([A-Za-z_.][A-Za-z0-9_.]*)")
API_ID = re.compile(r"[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}")
SET_OF_GROUP = re.compile(r"(.+)_ip[46]")
FAMILIES = frozenset({"ip", "ip4", "ip6"})
MEMBER_TERMS = {"from-lport": "inport", "to-lport": "outport"}


def _match_names_what_exists(row: Row, group: Group) -> Iterator[str]:
    """One unknown name, and no rule of the whole expression is installed."""
    for kind, name in NAME_IN_MATCH.findall(str(row.columns.get("match", ""))):
        if not group.is_known(kind, name):
            yield f"its match names {kind}{name}, which does not exist"


def _is_known(kind: str, name: str, group: Group) -> bool:
    if kind == "$":
        of_group = SET_OF_GROUP.fullmatch(name)
        if group.named("Address_Set", name) or (of_group and group.named("Port_Group", of_group[1])):
            return True
    elif group.named("Port_Group", name):
        return True
    found = API_ID.search(name)
    return found is not None and any(
        f"{owner_kind}/{found[0].replace('_', '-')}" in group.coming for owner_kind in SET_OWNERS
    )


SET_OWNERS = ("security_group", "network", "address_group")


def _acl_is_about_its_own_group(row: Row, group: Group) -> Iterator[str]:
    """A permit that forgot whose ports it is about would be a permit for all."""
    if row.inside is None or row.inside[0] != "Port_Group" or "match" not in row.columns:
        return
    holder = group.find("Port_Group", row.inside[1])
    terms = str(row.columns["match"]).split(" && ")
    member = f"{MEMBER_TERMS.get(str(row.columns['direction']))} == @{holder['name'] if holder else '?'}"
    if terms[0] != member:
        yield f"its match does not begin with {member}"
    if not FAMILIES.intersection(terms) and str(row.columns["action"]).startswith("allow"):
        yield "its match permits every address family"


# Switch ports.


def own_addresses(row: Row) -> list[str]:
    """The MAC and the IP addresses that a planned switch port itself has; not those that it may share by pairs."""
    if row.table != "Logical_Switch_Port" or row.inside is None:
        return []
    first = next(iter(row.columns.get("addresses") or ()), "")
    parts = str(first).split()
    return parts if ":" in first.partition(" ")[0] else []


def _has_its_addresses_alone(row: Row, group: Group) -> Iterator[str]:
    for address in own_addresses(row):
        others = group.placed[row.inside[1], address] - {row.uuid}
        if others:
            yield f"{address} is also an address of Logical_Switch_Port {', '.join(sorted(others))} of its switch"


def _dhcp_covers_an_address(row: Row, group: Group) -> Iterator[str]:
    for version, column in ((4, "dhcpv4_options"), (6, "dhcpv6_options")):
        uuid = row.columns.get(column)
        options = group.find("DHCP_Options", str(uuid)) if uuid else None
        if options is None:
            continue
        cidr = ip_network(str(options["cidr"]))
        addresses = [ip_address(part) for part in own_addresses(row)[1:]]
        if cidr.version != version or not any(address in cidr for address in addresses):
            yield f"{column} is of {cidr}, which has none of its addresses"


def _is_filtered_by_both_or_neither(row: Row, _group: Group) -> Iterator[str]:
    """Held to its addresses and under the default deny of its network, or neither. Threats N2, D3."""
    if row.columns.get("type") != "" or "port_security" not in row.columns or row.inside is None:
        return
    denied = ("Port_Group", names.drop_group_uuid(row.inside[1]), "ports") in row.members
    if denied != bool(row.columns["port_security"]):
        yield f"it is{'' if denied else ' not'} under default deny but its port_security is {row.columns['port_security']}"


def _has_its_other_end(row: Row, group: Group) -> Iterator[str]:
    options = row.columns.get("options")
    if row.columns.get("type") != "router" or not isinstance(options, Mapping):
        return
    peer = options.get("router-port")
    if not peer or not group.named("Logical_Router_Port", peer):
        yield f"its router port {peer} does not exist"


# Routers.


def _has_a_network(row: Row, _group: Group) -> Iterator[str]:
    """Before OVN 25.03 a router port without one stops northd's whole router."""
    networks = row.columns.get("networks")
    if networks is None:
        return
    if not networks:
        yield "it has no network"
    for network in networks:
        if _parsed(ip_interface, network) is None:
            yield f"{network!r} is no address with a prefix"


def _translates_addresses(row: Row, _group: Group) -> Iterator[str]:
    for column, read in (("external_ip", ip_address), ("logical_ip", ip_interface)):
        if _parsed(read, row.columns.get(column)) is None:
            yield f"{column} is {row.columns.get(column)!r}"
    if row.columns.get("external_mac") and not row.columns.get("logical_port"):
        yield "it has an external_mac and no logical_port"


def _leads_somewhere(row: Row, _group: Group) -> Iterator[str]:
    prefix, nexthop = _parsed(ip_interface, row.columns["ip_prefix"]), row.columns["nexthop"]
    hop = _parsed(ip_address, nexthop)
    if prefix is None:
        yield f"ip_prefix is {row.columns['ip_prefix']!r}"
    elif nexthop != "discard" and (hop is None or hop.version != prefix.version):
        yield f"{nexthop!r} is no next hop for {row.columns['ip_prefix']}"


# Load balancers.


def _checks_its_own_vips(row: Row, group: Group) -> Iterator[str]:
    """A health check of a VIP that its load balancer does not have is ignored by northd without a word."""
    if row.inside is None or "vip" not in row.columns:
        return
    holder = group.find(*row.inside[:2])
    if holder is not None and row.columns["vip"] not in (holder.get("vips") or {}):
        yield f"its load balancer has no VIP {row.columns['vip']}"


def _leads_to_its_own_family(row: Row, _group: Group) -> Iterator[str]:
    """northd drops a VIP that leads to another IP version."""
    for vip, backends in (row.columns.get("vips") or {}).items():
        if any(vip.startswith("[") != backend.startswith("[") for backend in filter(None, backends.split(","))):
            yield f"{vip} leads to {backends}"


def _parsed(read: Callable[[Any], Any], text: Any) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


BY_TABLE: Mapping[str, Mapping[str, Check]] = {
    "ACL": {"match-names": _match_names_what_exists, "acl-of-its-group": _acl_is_about_its_own_group},
    "QoS": {"match-names": _match_names_what_exists},
    "Logical_Switch_Port": {
        "address-unique": _has_its_addresses_alone,
        "dhcp-covers": _dhcp_covers_an_address,
        "filtered": _is_filtered_by_both_or_neither,
        "router-peer": _has_its_other_end,
    },
    "Logical_Router_Port": {"router-port-network": _has_a_network},
    "Logical_Router_Static_Route": {"route": _leads_somewhere},
    "NAT": {"translation": _translates_addresses},
    "Load_Balancer": {"vip-family": _leads_to_its_own_family},
    "Load_Balancer_Health_Check": {"checked-vip": _checks_its_own_vips},
}
