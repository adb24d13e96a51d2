"""Network cards in PostgreSQL, and the ports behind them let go through northbound's store."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from northbound.ports import store as ports
from northbound.ports.errors import PortNotFound
from northbound.trunks.membership import is_in_trunk
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, NotFound

SQL = queries(Path(__file__).with_name("queries.sql"))


class Card(Struct, frozen=True):
    """`keep_port`: the tenant brought the port, so that it stays when the card goes."""

    port_id: str
    server_id: str
    position: int
    keep_port: bool
    leaving: bool
    tag: str | None


class PortInUse(BadRequest):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port {port_id} is still in use.")


class CardNotFound(NotFound):
    def __init__(self, port_id: str) -> None:
        super().__init__(f"Port id {port_id[:64]} is not attached to the instance.")


async def insert(conn: Connection, server_id: str, port_id: str, *, keep_port: bool, tag: str | None) -> Card:
    """The server's last card. Raises PortInUse when the port is a card already."""
    with naming({"interfaces_port_once": lambda: PortInUse(port_id)}):
        row = await SQL.insert(conn, server_id=server_id, port_id=port_id, keep_port=keep_port, tag=tag)
    return _card(row)


def _card(row: object) -> Card:
    return msgspec.convert(dict(row), Card)


async def select_of(conn: Connection, server_ids: Sequence[str]) -> list[Card]:
    """The cards of servers without those that are leaving; each server's in the guest's order."""
    return [_card(row) async for row in SQL.select_of(conn, server_ids=list(server_ids))]


async def fetch(conn: Connection, server_id: str, port_id: str) -> Card:
    card = next((card for card in await select_of(conn, [server_id]) if card.port_id == port_id), None)
    if card is None:
        raise CardNotFound(port_id)
    return card


async def select_lost(conn: Connection, most: int) -> list[Card]:
    """Cards without a port: the network API deletes the port of a server like any other. Servers at rest only."""
    return [_card(row) async for row in SQL.select_lost(conn, most=most)]


async def note_wiring(conn: Connection, server_ids: Sequence[str]) -> list[str]:
    """Remembers how the cards' ports are wired now; the servers of which one was wired otherwise when last noted.

    The caller holds the servers' locks, and makes the next generation of those returned.
    """
    noted = {row["server_id"] async for row in SQL.note_wiring(conn, server_ids=list(server_ids))}
    return sorted(noted)


async def leave(conn: Connection, server_id: str, port_id: str) -> Card:
    """Marks a card that is not desired any more; its port is let go when the agent has taken it out."""
    row = await SQL.leave(conn, server_id=server_id, port_id=port_id)
    if row is None:
        raise CardNotFound(port_id)
    return _card(row)


async def stay(conn: Connection, server_id: str, port_id: str) -> None:
    """Wants a card again that could not be taken out; nothing happens to one that is gone."""
    await SQL.stay(conn, server_id=server_id, port_id=port_id)


async def release_leaving(conn: Connection, server_id: str) -> None:
    """Lets go of the ports of cards that the agent has taken out."""
    await _let_go(conn, [_card(row) async for row in SQL.delete_leaving(conn, server_id=server_id)])


async def release_all(conn: Connection, server_id: str) -> None:
    """Lets go of every port of a server that is on no host any more."""
    await _let_go(conn, [_card(row) async for row in SQL.delete_all(conn, server_id=server_id)])


async def _let_go(conn: Connection, cards: Sequence[Card]) -> None:
    for card in sorted(cards, key=lambda card: card.port_id):
        if card.keep_port or await is_in_trunk(conn, card.port_id):
            await _unbind(conn, card.port_id)
        else:
            await ports.delete_port(conn, card.port_id)


async def _unbind(conn: Connection, port_id: str) -> None:
    try:
        await ports.unbind_port(conn, port_id)
    except PortNotFound:
        return
