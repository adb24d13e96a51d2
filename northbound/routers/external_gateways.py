"""All gateways of a router at once: which of them a body means, and how they become what it says.

A body names gateways by network and addresses, never by port. `match` functions are pure. Callers hold the router's
lock since they read it. Source: Networking API v2.0, external-gateway-multihoming.
"""

from collections.abc import Sequence

from msgspec import Struct

from northbound.networks.network import Network
from northbound.ports.port import AddressRequest
from northbound.routers import gateway, store
from northbound.routers.errors import UnableToMatchGateways, UnableToRemoveGateways
from northbound.routers.router import Router, RouterPort
from runtime.database import Connection


class GatewayWish(Struct, frozen=True):
    """A gateway that a body names; `addresses` None: it names none."""

    network: Network
    addresses: list[AddressRequest] | None = None

    @property
    def ips(self) -> set[str]:
        return {address.ip_address for address in self.addresses or [] if address.ip_address}


def match_exactly(router: Router, wishes: Sequence[GatewayWish]) -> list[RouterPort]:
    """The gateways that are meant, one for each wish; raises UnableToMatchGateways."""
    found: list[RouterPort] = []
    for wish in wishes:
        port = _match(router, wish, found)
        if port is None:
            raise UnableToMatchGateways(
                router.id, f"no other gateway in network {wish.network.id} has the addresses {sorted(wish.ips)}"
            )
        found.append(port)
    return found


def match_first(router: Router, wishes: Sequence[GatewayWish]) -> list[RouterPort | None]:
    """For each wish the gateway that it describes, else one of its network that none describes, else None.

    So what is there moves as little as it can: a gateway whose addresses are all new is still the same gateway.
    """
    matched: list[RouterPort | None] = []
    for wish in wishes:
        matched.append(_match(router, wish, [port for port in matched if port is not None]))
    for place, wish in enumerate(wishes):
        if matched[place] is None:
            free = [port for port in router.gateways if port not in matched and port.network_id == wish.network.id]
            matched[place] = next(iter(free), None)
    return matched


def _match(router: Router, wish: GatewayWish, taken: Sequence[RouterPort]) -> RouterPort | None:
    here = [port for port in router.gateways if port.network_id == wish.network.id and port not in taken]
    if wish.ips:
        return next((port for port in here if port.ips & wish.ips), None)
    if len(here) > 1:
        raise UnableToMatchGateways(
            router.id,
            f"multiple gateway ports are attached to network {wish.network.id} but external_fixed_ips is not specified",
        )
    return next(iter(here), None)


async def add(conn: Connection, router: Router, wishes: Sequence[GatewayWish]) -> None:
    """Gives the router a further gateway for each wish. Raises what `gateway.add_gateway` raises."""
    for wish in wishes:
        now = await store.fetch_router(conn, router.id, None)
        await gateway.add_gateway(conn, now, wish.network, wish.addresses)


async def remove(conn: Connection, router: Router, wishes: Sequence[GatewayWish]) -> None:
    """Takes the gateways away, all of them when none is wished for.

    Raises UnableToRemoveGateways, UnableToMatchGateways, and what their removal raises.
    """
    if not router.gateways:
        raise UnableToRemoveGateways(router.id)
    leaving = match_exactly(router, wishes) if wishes else router.gateways
    await gateway.remove_gateways(conn, router, leaving)


async def replace(conn: Connection, router: Router, wishes: Sequence[GatewayWish]) -> None:
    """Makes the router's gateways be those of the wishes, in their order.

    Raises UnableToMatchGateways, and what moving, adding and removing gateways raises.
    """
    matched = match_first(router, wishes)
    await gateway.remove_gateways(conn, router, [port for port in router.gateways if port not in matched])
    for wish, port in zip(wishes, matched, strict=True):
        now = await store.fetch_router(conn, router.id, None)
        if port is None:
            await gateway.add_gateway(conn, now, wish.network, wish.addresses)
        else:
            await store.move_gateway(conn, port.port_id, gateway.next_position(now))
            await gateway.move_gateway(conn, now, port, wish.network, wish.addresses)
