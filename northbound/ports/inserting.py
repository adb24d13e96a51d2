"""New ports in PostgreSQL: the rows of many in a handful of statements, with all that a port has beside its row."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from identity.audit.event import Event
from identity.audit.store import insertion
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
), ids AS (SELECT coalesce(array_agg(id), '{{}}') AS made FROM made
), noted AS (
    INSERT INTO northbound.changes (request_id, project_id, revision, owners)
    SELECT DISTINCT asked.request_id, $3::text, pg_current_xact_id()::text::bigint, '{{}}'::text[]
    FROM jsonb_to_recordset($1) AS asked (id uuid, request_id text) JOIN made USING (id)
    WHERE asked.request_id IS NOT NULL AND $3::text IS NOT NULL
    ORDER BY asked.request_id
    ON CONFLICT ON CONSTRAINT changes_pkey DO UPDATE SET
        revision = excluded.revision, committed_at = NULL, finished_at = NULL, nb_cfg = NULL
), recorded AS ({insertion("$4")} WHERE target_id IN (SELECT id::text FROM made))
SELECT made::text[], northbound.furnish_ports(made, $1, $2) FROM ids
"""


class Noted(NamedTuple):
    """What is noted of the requests in the same statement, as by `changes.store.note`: their project, and events of
    audit, each about the port that it made."""

    project_id: str | None
    events: Sequence[Event]


NOT_NOTED = Noted(None, ())


class Inserted(Struct, frozen=True):
    """Ports by id, the revision of their marks, and what is left: their MAC is in use."""

    ports: dict[str, Port]
    revision: int
    left: list[tuple[Order, NewPort]]


async def insert_ports(
    conn: Connection, prepared: Sequence[tuple[Order, NewPort]], noted: Noted = NOT_NOTED
) -> Inserted:
    """Inserts what was prepared, in one statement unless a default group is lacking; `noted` where the caller does not
    do that by itself."""
    ports = await _with_default_groups(conn, [port for _, port in prepared])
    ids, furnished = await _insert_rows(conn, ports, noted)
    made = {port.id: furnished.finish(port) for port in ports if port.id in ids}
    return Inserted(made, furnished.revision, [(order, port) for order, port in prepared if port.id not in ids])


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


async def _insert_rows(conn: Connection, ports: Sequence[NewPort], noted: Noted) -> tuple[set[str], Furnished]:
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
        made, furnished = await conn.fetchrow(
            INSERT_PORTS, ports, quotas.DEFAULTS["port"], noted.project_id, noted.events
        )
    return set(made), msgspec.convert(furnished, Furnished)


def with_another_mac(ground: Ground, order: Order, port: NewPort) -> NewPort:
    """The port again, a MAC that was made up made up anew; raises MacAddressInUse where it was named."""
    if order.draft.mac_address:
        raise MacAddressInUse(port.network_id, port.mac_address)
    draft = msgspec.structs.replace(order.draft, id=port.id)
    return ground.prepare(msgspec.structs.replace(order, draft=draft))
