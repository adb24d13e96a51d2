"""New ports in PostgreSQL: the rows of many in a handful of statements, with all that a port has beside its row."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from northbound.networks.network import NetworkNotFound
from northbound.ports import allocation
from northbound.ports.columns import CHANGEABLE, LASTING
from northbound.ports.errors import MacAddressInUse
from northbound.ports.orders import Ground, NewPort, Order
from northbound.ports.port import FixedIp, Port
from northbound.quotas import store as quotas
from northbound.security_groups import store as security_groups
from northbound.security_groups.group import SecurityGroupNotFound
from runtime.database import Connection, naming_by_detail, uuid_in

INSERT_PORTS = f"""
WITH made AS (
    INSERT INTO northbound.ports ({", ".join(LASTING + CHANGEABLE)})
    SELECT {", ".join(LASTING + CHANGEABLE)} FROM jsonb_populate_recordset(NULL::northbound.ports, $1)
    ON CONFLICT ON CONSTRAINT ports_mac DO NOTHING
    RETURNING id
), ids AS (SELECT coalesce(array_agg(id), '{{}}') AS made FROM made)
SELECT made::text[], northbound.furnish_ports(made, $1, $2) FROM ids
"""


async def insert_ports(
    conn: Connection, ground: Ground, prepared: Sequence[tuple[Order, NewPort]]
) -> tuple[list[Port], int]:
    """Inserts what was prepared, and returns it in the same order, with the revision of the marks.

    A MAC that was made up is made up again until it is alone in its network.
    """
    made: dict[str, Port] = {}
    waiting, furnished = list(prepared), Furnished(0)
    while waiting:
        ports = await _with_default_groups(conn, [port for _, port in waiting])
        ids, furnished = await _insert_rows(conn, ports)
        made |= {port.id: furnished.finish(port) for port in ports if port.id in ids}
        waiting = [(order, _with_another_mac(ground, order, port)) for order, port in waiting if port.id not in ids]
    return [made[port.id] for _, port in prepared], furnished.revision


class Furnished(Struct, frozen=True):
    """What `northbound.furnish_ports` says."""

    revision: int
    made_at: datetime | None = None
    addresses: dict[str, list[FixedIp]] = {}

    def finish(self, port: NewPort) -> Port:
        """The port as reading it would give it."""
        said = {name: getattr(port, name) for name in Port.__struct_fields__}
        known = {
            "fixed_ips": self.addresses.get(port.id, []),
            "security_groups": sorted(port.security_groups),
            "created_at": self.made_at,
            "updated_at": self.made_at,
        }
        return Port(**said | known)


async def _with_default_groups(conn: Connection, ports: Sequence[NewPort]) -> list[NewPort]:
    """The ports, with their projects' default groups, made now where they are lacking."""
    projects = sorted({port.project_id for port in ports if port.lacks_default_group})
    groups = {project: [await security_groups.ensure_default(conn, project)] for project in projects}
    return [
        msgspec.structs.replace(port, security_groups=groups[port.project_id]) if port.lacks_default_group else port
        for port in ports
    ]


async def _insert_rows(conn: Connection, ports: Sequence[NewPort]) -> tuple[set[str], Furnished]:
    """(ids of those that were inserted, what was given to them); the MAC of the others is in use."""
    with (
        allocation.naming_refusals(),
        naming_by_detail(
            {
                "ports_network": lambda detail: NetworkNotFound(uuid_in(detail)),
                "port_security_groups_group": lambda detail: SecurityGroupNotFound(uuid_in(detail)),
                "quotas_limit": quotas.over_quota,
            }
        ),
    ):
        made, furnished = await conn.fetchrow(INSERT_PORTS, ports, quotas.DEFAULTS["port"])
    return set(made), msgspec.convert(furnished, Furnished)


def _with_another_mac(ground: Ground, order: Order, port: NewPort) -> NewPort:
    if order.draft.mac_address:
        raise MacAddressInUse(port.network_id, port.mac_address)
    draft = msgspec.structs.replace(order.draft, id=port.id)
    return ground.prepare(msgspec.structs.replace(order, draft=draft))
