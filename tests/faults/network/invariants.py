"""What must hold of a control plane at rest (reliability: V1-V5, V8, V9), checked by one program.

PostgreSQL is read whole and planned by the product's planner; OVN's database is read whole; every row of ours that
differs is a violation, as is a counter that is not the number of rows, an address held twice, or a mark left over.
"""

from collections import Counter

from deploy.lab.daemons.waiting import until
from northbound.quotas.store import NOBODY
from northbound.translation.desired import KINDS, all_owners, in_order, read_desired
from runtime.database import Connection, Database
from southbound.ovsdb.difference import difference
from southbound.ovsdb.session import Session
from tests.faults.network.history import History
from tests.faults.network.plane import Plane
from tests.real.northbound.harness import session_at

COUNTED = {
    "network": "networks",
    "subnet": "subnets",
    "port": "ports",
    "router": "routers",
    "floatingip": "floating_ips",
    "security_group": "security_groups",
    "security_group_rule": "security_group_rules",
}
AT_REST_S = 30


async def no_violation(plane: Plane, history: History | None = None) -> None:
    """Passes once every invariant holds; what still violates one after AT_REST_S is the failure."""
    found: list[str] = []

    async def none() -> bool:
        found[:] = await violations(plane, history)
        return not found

    try:
        await until(none, AT_REST_S)
    except TimeoutError:
        raise AssertionError("\n".join(found[:20])) from None


async def violations(plane: Plane, history: History | None = None) -> list[str]:
    """A line for each thing that contradicts the history, is missing, without an owner, or counted wrongly."""
    database = await Database.open(plane.database)
    try:
        async with database.snapshot() as conn:
            found = [*await _counters(conn), *await _addresses(conn), *await _marks(conn)]
            if history is not None:
                rows = await conn.fetch("SELECT name, description FROM northbound.ports WHERE name <> ''")
                found += [
                    f"port {name} exists twice"
                    for name, amount in Counter(r["name"] for r in rows).items()
                    if amount > 1
                ]
                found += history.contradictions({row["name"]: row["description"] for row in rows})
            async with session_at(plane.northbound) as session:
                found += await _differences(conn, session)
    finally:
        await database.close()
    return found


async def _differences(conn: Connection, session: Session) -> list[str]:
    """PostgreSQL = NB, two ways: rows of every owner that exists, and no row of one that does not."""
    owners = set(session.replica.owners())
    async for page in all_owners(conn, KINDS):
        owners.update(page)
    desired = await read_desired(conn, in_order(owners, KINDS), KINDS)
    found = [f"{owner} cannot be planned: {reason}" for owner, reason in desired.unplanned.items()]
    return found + [
        f"{owner} differs in OVN: {changes}"
        for owner, rows in desired.rows.items()
        if (changes := difference(owner, rows, session.replica))
    ]


async def _counters(conn: Connection) -> list[str]:
    used = {
        (row["project_id"], row["resource"]): row["used"]
        for row in await conn.fetch("SELECT project_id, resource, used FROM northbound.quotas WHERE used <> 0")
    }
    held: dict[tuple[str, str], int] = {}
    for resource, table in COUNTED.items():
        owned = f"SELECT project_id, count(*) AS held FROM northbound.{table} WHERE project_id <> $1 GROUP BY 1"
        held |= {(row["project_id"], resource): row["held"] for row in await conn.fetch(owned, NOBODY)}
    counted = {key: value for key, value in used.items() if key[1] in COUNTED}
    return [
        f"{resource} of {project}: {counted.get((project, resource), 0)} counted, {held.get((project, resource), 0)} held"
        for project, resource in counted.keys() | held.keys()
        if counted.get((project, resource), 0) != held.get((project, resource), 0)
    ]


async def _addresses(conn: Connection) -> list[str]:
    twice = await conn.fetch("SELECT subnet_id, ip FROM northbound.fixed_ips GROUP BY 1, 2 HAVING count(*) > 1")
    offered = await conn.fetch(
        "SELECT f.ip FROM northbound.free_addresses f JOIN northbound.fixed_ips USING (subnet_id, ip)"
    )
    return [f"address {row['ip']} is held twice" for row in twice] + [
        f"address {row['ip']} is offered and held" for row in offered
    ]


async def _marks(conn: Connection) -> list[str]:
    left = await conn.fetch("SELECT DISTINCT owner_kind, owner_id FROM northbound.dirty")
    refused = await conn.fetch("SELECT owner_kind, owner_id, reason FROM northbound.quarantine")
    return [f"{row['owner_kind']} {row['owner_id']} is not settled" for row in left] + [
        f"{row['owner_kind']} {row['owner_id']} is in quarantine: {row['reason']}" for row in refused
    ]
