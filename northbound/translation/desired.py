"""What OVN should hold for an owner: the union of the slices' plans, as one table.

    owners -> read (one snapshot of PostgreSQL, one call per kind) -> plan (pure, one call per resource) -> rows

A slice adds its line to KINDS. Kinds are in the order in which rows come to hang in each other: when more owners are
pending than fit into one transaction, a switch is written before its ports.
"""

from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from northbound.address_groups.noun import ADDRESS_GROUPS
from northbound.address_groups.plan import plan_address_group
from northbound.balancing.plan import plan_load_balancer
from northbound.balancing.views import read_balancer_views
from northbound.dns.plan import plan_zone
from northbound.dns.store import read_zones
from northbound.external_ports.plan import plan_external_ports
from northbound.external_ports.store import read_external_ports
from northbound.floating_ips.plan import plan_floating_ip
from northbound.floating_ips.views import read_floating_ip_views
from northbound.logs.noun import LOGS
from northbound.logs.plan import plan_log
from northbound.networks.plan import plan_network
from northbound.networks.store import read_networks
from northbound.routers.plan import plan_router
from northbound.routers.views import (
    plain_port_ends,
    plan_port_ends,
    read_port_ends,
    read_router_views,
    select_port_ends,
)
from northbound.security_group_rules.plan import plan_rule
from northbound.security_group_rules.views import read_rule_views, rule_views, select_rule_views
from northbound.security_groups.plan import plan_group
from northbound.security_groups.views import read_group_views
from northbound.subnets.plan import plan_subnet
from northbound.subnets.views import read_subnet_views
from runtime.database import Connection, Select
from southbound.ovsdb.rows import Row

log = structlog.get_logger()

PAGE = 1000


class Resource(Protocol):
    @property
    def id(self) -> str: ...


Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Owners as one statement can read them beside others, for kinds that are written often.

    `selects` are statements about ids, `$1::uuid[]`, and about nothing else; `resources` makes of the rows of each what
    `OwnerKind.read` returns, or None where that would read more.
    """

    selects: Callable[[Sequence[str]], Sequence[Select]]
    resources: Callable[[Sequence[Rows]], Sequence[Resource] | None]


@dataclass(frozen=True, slots=True)
class OwnerKind:
    """How the owners of one kind are read and planned.

    `table` is where they live, a name of our own with a uuid column `id`. `read` returns those of the ids that exist,
    in any order, each with everything that `plan` needs. `plan` is pure: the resource in, all of its rows out.
    """

    name: str
    table: str
    read: Callable[[Connection, Sequence[str]], Awaitable[Sequence[Resource]]]
    plan: Callable[[Resource], Sequence[Row]]
    at_once: AtOnce | None = None


RULES_AT_ONCE = AtOnce(select_rule_views, rule_views)
PORTS_AT_ONCE = AtOnce(select_port_ends, plain_port_ends)

KINDS: tuple[OwnerKind, ...] = (
    OwnerKind("network", "northbound.networks", read_networks, plan_network),
    OwnerKind("subnet", "northbound.subnets", read_subnet_views, plan_subnet),
    OwnerKind("log", "northbound.logs", LOGS.read, plan_log),
    OwnerKind("address_group", "northbound.address_groups", ADDRESS_GROUPS.read, plan_address_group),
    OwnerKind("security_group", "northbound.security_groups", read_group_views, plan_group),
    OwnerKind("security_group_rule", "northbound.security_group_rules", read_rule_views, plan_rule, RULES_AT_ONCE),
    OwnerKind("router", "northbound.routers", read_router_views, plan_router),
    OwnerKind("external_ports", "northbound.networks_of_external_ports", read_external_ports, plan_external_ports),
    OwnerKind("port", "northbound.ports", read_port_ends, plan_port_ends, PORTS_AT_ONCE),
    OwnerKind("dns", "northbound.named_networks", read_zones, plan_zone),
    OwnerKind("floating_ip", "northbound.floating_ips", read_floating_ip_views, plan_floating_ip),
    OwnerKind("load_balancer", "northbound.load_balancers", read_balancer_views, plan_load_balancer),
)


@dataclass(slots=True)
class Desired:
    """Rows by owner, none for an owner that does not exist; `unplanned` has the reason where a plan failed."""

    rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    unplanned: dict[str, str] = field(default_factory=dict)


def owner(kind: str, owner_id: str) -> str:
    return f"{kind}/{owner_id}"


def split_owner(name: str) -> tuple[str, str]:
    """(kind, id) of an owner's name."""
    kind, _, owner_id = name.partition("/")
    return kind, owner_id


def in_order(owners: Iterable[str], kinds: Sequence[OwnerKind]) -> list[str]:
    """The owners of known kinds, parents first; an owner of no known kind is not ours to judge."""
    rank = {kind.name: number for number, kind in enumerate(kinds)}
    known = [name for name in owners if split_owner(name)[0] in rank]
    return sorted(known, key=lambda name: (rank[split_owner(name)[0]], name))


async def read_desired(conn: Connection, owners: Sequence[str], kinds: Sequence[OwnerKind]) -> Desired:
    """The desired rows of owners of known kinds. One owner's plan that fails does not touch the others."""
    ids_by_kind: Mapping[str, list[str]] = defaultdict(list)
    for name in owners:
        kind, owner_id = split_owner(name)
        ids_by_kind[kind].append(owner_id)
    desired = Desired()
    for kind in kinds:
        if ids := ids_by_kind[kind.name]:
            plan_owners(kind, ids, await kind.read(conn, ids), desired)
    return desired


def plan_owners(kind: OwnerKind, ids: Iterable[str], resources: Iterable[Resource], desired: Desired) -> None:
    """Adds the rows of owners of one kind to `desired`; of those that were not found, none."""
    desired.rows.update((owner(kind.name, owner_id), ()) for owner_id in ids)
    for resource in resources:
        _plan(kind, resource, desired)


def _plan(kind: OwnerKind, resource: Resource, desired: Desired) -> None:
    name = owner(kind.name, str(resource.id))
    try:
        desired.rows[name] = kind.plan(resource)
    except Exception as error:
        log.exception("plan failed", owner=name)
        del desired.rows[name]
        desired.unplanned[name] = f"its plan failed: {type(error).__name__}: {error}"


async def all_owners(conn: Connection, kinds: Sequence[OwnerKind]) -> AsyncIterator[list[str]]:
    """Every owner that exists, in pages, parents first."""
    for kind in kinds:
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            query = f"SELECT id::text FROM {kind.table} WHERE id > $1::uuid ORDER BY id LIMIT {PAGE}"
            ids = [row["id"] for row in await conn.fetch(query, last)]
            if not ids:
                break
            last = ids[-1]
            yield [owner(kind.name, owner_id) for owner_id in ids]
