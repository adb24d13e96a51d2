"""What must hold of the rows that have a match: ACLs and QoS rules."""

import re
from collections.abc import Iterator, Mapping

from northbound.translation.checks.group import Check, Group
from southbound.ovsdb.rows import Row

NAME_IN_MATCH = re.compile(r"([@$])([A-Za-z_.][A-Za-z0-9_.]*)")
FAMILIES = frozenset({"ip", "ip4", "ip6"})
MEMBER_TERMS = {"from-lport": "inport", "to-lport": "outport"}


def _match_names_what_exists(row: Row, group: Group) -> Iterator[str]:
    """One unknown name, and no rule of the whole expression is installed."""
    for kind, name in NAME_IN_MATCH.findall(str(row.columns.get("match", ""))):
        if not group.is_known(kind, name):
            yield f"its match names {kind}{name}, which does not exist"


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


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "ACL": {"match-names": _match_names_what_exists, "acl-of-its-group": _acl_is_about_its_own_group},
    "QoS": {"match-names": _match_names_what_exists},
}
