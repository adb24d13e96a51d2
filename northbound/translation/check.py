"""What must be true of a plan before it may be applied: pure, per row, of the rows of a group of owners and of OVN.

    violations(rows by owner, replica) -> {owner: "name-unique: ..."}        empty when all is well

An owner that breaks an invariant is left out, with the invariant's name as the reason; the others go on. Each check
looks at the row and at what the row names, in the group or in the replica, so that a group costs what it touches. A column that a plan
does not decide is not judged. Source: ovn-mapping, "Minimal invariants to test against"; ovn-nb(5).
"""

from collections.abc import Container, Iterator, Mapping

from northbound.translation.checks import load_balancers, matches, routers, switch_ports
from northbound.translation.checks.every_row import EVERY_ROW
from northbound.translation.checks.group import Check, Group, Wanted
from southbound.ovsdb.replica import Replica
from southbound.ovsdb.rows import Row

NOBODY: frozenset[str] = frozenset()
BY_TABLE: Mapping[str, Mapping[str, Check]] = {
    **matches.CHECKS,
    **switch_ports.CHECKS,
    **routers.CHECKS,
    **load_balancers.CHECKS,
}


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


def _problems(owner: str, row: Row, group: Group) -> Iterator[str]:
    if row.owner != owner:
        yield f"owner-key: {row.table} {row.uuid} says that it belongs to {row.owner}"
    for name, check in EVERY_ROW.items():
        for problem in check(row, group):
            yield f"{name}: {problem}"
    for name, check in BY_TABLE.get(row.table, {}).items():
        for problem in check(row, group):
            yield f"{name}: {problem}"
