"""Port forwardings in PostgreSQL. Every change of one is noted at its floating IP (see migration 0091).

Callers of what writes hold the floating IP's lock. One is always looked for below its floating IP, never by its id
alone.
"""

from pathlib import Path

import msgspec

from northbound.floating_ips.floating_ip import FloatingIp
from northbound.port_forwardings.errors import (
    InvalidPortForwarding,
    PortForwardingNotFound,
    PortHasBindingFloatingIP,
)
from northbound.port_forwardings.forwarding import MOST_PORTS, PortForwarding
from northbound.ports.errors import PortNotFound
from runtime.database import Connection, naming, queries
from runtime.web.listing import Attribute, Listing, Page, Where, compile_listing

SQL = queries(Path(__file__).parent / "queries.sql")

SINGLE = "CASE WHEN w.{side}_from = w.{side}_to THEN w.{side}_from END"
LISTING = Listing(
    select="SELECT w.*, host(w.internal_ip_address) AS internal_ip_address FROM northbound.port_forwardings w",
    attributes={
        "id": Attribute("w.id", "uuid"),
        "protocol": Attribute("w.protocol"),
        "internal_port_id": Attribute("w.internal_port_id", "uuid"),
        "internal_ip_address": Attribute("host(w.internal_ip_address)"),
        "internal_port": Attribute(SINGLE.format(side="internal"), "int"),
        "external_port": Attribute(SINGLE.format(side="external"), "int"),
        "internal_port_range": Attribute("w.internal_from || ':' || w.internal_to"),
        "external_port_range": Attribute("w.external_from || ':' || w.external_to"),
        "description": Attribute("w.description"),
    },
)


async def fetch_forwarding(conn: Connection, floating_ip_id: str, forwarding_id: str) -> PortForwarding:
    """Raises PortForwardingNotFound, also for one of another floating IP."""
    where = Where()
    where.add("w.id = {}", forwarding_id)
    found = await list_forwardings(conn, floating_ip_id, Page(), where)
    if not found:
        raise PortForwardingNotFound(forwarding_id)
    return found[0]


async def list_forwardings(conn: Connection, floating_ip_id: str, page: Page, where: Where) -> list[PortForwarding]:
    where.add("w.floating_ip_id = {}", floating_ip_id)
    sql, values = compile_listing(LISTING, page, where)
    return [msgspec.convert(dict(row), PortForwarding) for row in await conn.fetch(sql, *values)]


async def insert_forwarding(conn: Connection, floating_ip: FloatingIp, draft: PortForwarding) -> None:
    """Raises InvalidPortForwarding, PortNotFound, PortHasBindingFloatingIP."""
    await _check(conn, floating_ip, draft)
    with _colliding(draft):
        await SQL.insert_forwarding(conn, **_columns(draft))


async def update_forwarding(conn: Connection, floating_ip: FloatingIp, after: PortForwarding) -> None:
    """Raises what `insert_forwarding` raises."""
    await _check(conn, floating_ip, after)
    with _colliding(after):
        await SQL.update_forwarding(conn, **_columns(after))


async def delete_forwarding(conn: Connection, forwarding: PortForwarding) -> None:
    await SQL.delete_forwarding(conn, id=forwarding.id)


async def _check(conn: Connection, floating_ip: FloatingIp, wanted: PortForwarding) -> None:
    others = sum(len(one.pairs) for one in floating_ip.port_forwardings if one.id != wanted.id)
    if others + len(wanted.pairs) > MOST_PORTS:
        raise InvalidPortForwarding(
            f"at most {MOST_PORTS} ports of a floating IP can be forwarded (external_port_range)"
        )
    other = await SQL.floating_ip_of_port(conn, port_id=wanted.internal_port_id)
    if other is not None:
        raise PortHasBindingFloatingIP(
            str(other["id"]), other["address"], wanted.internal_port_id, wanted.internal_ip_address
        )


def _colliding(wanted: PortForwarding):
    collision = "There is a port collision with the {side}: another forwarding has some of the ports {first}:{last}"
    external = collision.format(side="external_port_range", first=wanted.external_from, last=wanted.external_to)
    internal = collision.format(side="internal_port_range", first=wanted.internal_from, last=wanted.internal_to)
    gone = InvalidPortForwarding(f"no router leads from port {wanted.internal_port_id} to the floating IP any more")
    return naming(
        {
            "port_forwardings_external": lambda: InvalidPortForwarding(external),
            "port_forwardings_internal": lambda: InvalidPortForwarding(internal),
            "port_forwardings_fixed": lambda: PortNotFound(wanted.internal_port_id),
            "port_forwardings_interface": lambda: gone,
            "port_forwardings_gateway": lambda: gone,
        }
    )


def _columns(forwarding: PortForwarding) -> dict[str, object]:
    unwritten = ("revision_number",)
    return {name: value for name, value in msgspec.structs.asdict(forwarding).items() if name not in unwritten}
