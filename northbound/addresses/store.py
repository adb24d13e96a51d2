"""The next free address of a subnet, at a cost that does not depend on how many are taken.

    allocation_pools.given --refill, a batch at a time--> free_addresses --take--> fixed_ips --release--> free_addresses

All of it happens in the database, many ports at a time: the functions hold_addresses, take_addresses and
release_addresses in migrations/functions. Creators that run at once take different rows (SKIP LOCKED) and never wait for each other but at a refill. That no
address is held twice is the unique constraint of fixed_ips, whatever happens here.
"""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from northbound.addresses.mac import random_mac
from runtime.database import Connection, queries

SQL = queries(Path(__file__).parent / "queries.sql")


class Wish(Struct, frozen=True):
    """One address: `ip`, or any of the first of `subnet_ids` that has one left."""

    subnet_ids: list[str]
    ip: str | None = None


class PortWish(Wish, frozen=True, kw_only=True):
    """Whose it is to be, and its place among the addresses of that port."""

    port_id: str
    position: int


def wishes_of(port_id: str, wishes: Sequence[Wish], first: int = 0) -> list[PortWish]:
    return [
        PortWish(wish.subnet_ids, wish.ip, port_id=port_id, position=place) for place, wish in enumerate(wishes, first)
    ]


async def hold(conn: Connection, wishes: Sequence[PortWish]) -> None:
    """Gives ports that are in the database already what they wish for.

    Violates `fixed_ips_ip` (detail: network id, address) when an address is in use, `fixed_ips_left` (detail: network
    id) when none is left, `fixed_ips_subnet` when a subnet is gone.
    """
    if wishes:
        await SQL.hold_addresses(conn, wishes=wishes)


async def make_mac(conn: Connection) -> str:
    """A MAC that is made up; whoever writes it meets `ports_mac` when its network has it already."""
    return random_mac(await SQL.mac_prefix(conn))


async def release(conn: Connection, addresses: Sequence[tuple[str, str]]) -> None:
    """Gives (subnet id, ip) pairs back, whose fixed_ips rows this transaction has deleted."""
    if addresses:
        await SQL.release(conn, subnet_ids=[subnet_id for subnet_id, _ in addresses], ips=[ip for _, ip in addresses])
