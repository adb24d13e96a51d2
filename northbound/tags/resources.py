"""Which resources have tags, and where they live: the collection's name on the wire -> its table."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from northbound.floating_ips import store as floating_ips
from northbound.networks import store as networks
from northbound.nouns.known import NOUNS
from northbound.ports import store as ports
from northbound.routers import store as routers
from northbound.security_group_rules import store as security_group_rules
from northbound.security_groups import store as security_groups
from northbound.subnets import store as subnets
from runtime.database import Connection


class Tagged(Protocol):
    id: str
    project_id: str
    tags: list[str]


class Taggable(NamedTuple):
    """`fetch(conn, id, reach)` raises the resource's own NotFound; `table` has `id` and `tags`.

    `kind` is the kind of owner whose rows in OVN carry the resource's revision, if any do.
    """

    table: str
    fetch: Callable[[Connection, str, str | None], Awaitable[Tagged]]
    kind: str | None = None


TAGGABLE = {
    "networks": Taggable("northbound.networks", networks.fetch_network, "network"),
    "subnets": Taggable("northbound.subnets", subnets.fetch_subnet, "subnet"),
    "ports": Taggable("northbound.ports", ports.fetch_port, "port"),
    "routers": Taggable("northbound.routers", routers.fetch_router, "router"),
    "floatingips": Taggable("northbound.floating_ips", floating_ips.fetch_floating_ip, "floating_ip"),
    "security-groups": Taggable("northbound.security_groups", security_groups.fetch_group),
    "security-group-rules": Taggable("northbound.security_group_rules", security_group_rules.fetch_rule),
    **{
        noun.path.rpartition("/")[2]: Taggable(noun.table.name, noun.table.fetch, noun.table.kind)
        for noun in NOUNS
        if noun.taggable
    },
}
