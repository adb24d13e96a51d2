"""Which addresses a port gets: what was asked for, matched with the subnets of its network.

`choose_` functions are pure and yield `Wish`es in the tenant's order; `hold` turns them into rows.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from northbound.addresses import store as addresses
from northbound.addresses.eui64 import slaac_address
from northbound.addresses.ranges import is_host
from northbound.addresses.store import Wish
from northbound.networks.network import InvalidInput
from northbound.ports.errors import (
    AutonomousSubnet,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressGenerationFailure,
    IpAddressInUse,
)
from northbound.ports.port import AddressRequest, FixedIp
from northbound.subnets.subnet import Subnet, SubnetNotFound
from runtime.database import Connection, naming_by_detail, queries, uuid_in

SQL = queries(Path(__file__).parent / "queries.sql")


def choose_default(subnets: Sequence[Subnet], mac: str, owner: str) -> list[Wish]:
    """An IPv4 and an IPv6 address of whichever subnet has one left, and one in each autonomous subnet.

    Subnets of a service type serve only ports whose device_owner begins with it, and those before the others.
    """
    fitting = serving(subnets, owner)
    wishes = []
    for version in (4, 6):
        managed = [subnet.id for subnet in fitting if subnet.ip_version == version and not subnet.autonomous]
        if managed:
            wishes.append(Wish(managed))
    return wishes + [Wish([s.id], slaac_address(s.cidr, mac)) for s in fitting if s.autonomous]


def serving(subnets: Sequence[Subnet], owner: str) -> list[Subnet]:
    meant = [s for s in subnets if any(owner.startswith(kind) for kind in s.service_types)]
    return meant or [s for s in subnets if not s.service_types]


def choose_requested(
    requests: Sequence[AddressRequest], subnets: Sequence[Subnet], network_id: str, mac: str, *, routing: bool
) -> list[Wish]:
    """What the caller asked for, checked; `routing` ports may stand at any address of an autonomous subnet.

    Raises InvalidInput (a subnet of another network), InvalidIpForSubnet, InvalidIpForNetwork, AutonomousSubnet.
    """
    by_id = {subnet.id: subnet for subnet in subnets}
    return [_requested(request, by_id, network_id, mac, routing) for request in requests]


def _requested(request: AddressRequest, subnets: dict[str, Subnet], network_id: str, mac: str, routing: bool) -> Wish:
    subnet = _subnet_of(request, subnets, network_id)
    if request.ip_address is None:
        return Wish([subnet.id], slaac_address(subnet.cidr, mac) if subnet.autonomous else None)
    if subnet.autonomous and not routing and request.ip_address != slaac_address(subnet.cidr, mac):
        raise AutonomousSubnet(request.ip_address, subnet.id)
    return Wish([subnet.id], request.ip_address)


def _subnet_of(request: AddressRequest, subnets: dict[str, Subnet], network_id: str) -> Subnet:
    if request.subnet_id is not None:
        subnet = subnets.get(request.subnet_id)
        if subnet is None:
            raise InvalidInput(
                f"fixed_ips names subnet {request.subnet_id}, which is not a subnet of network {network_id}."
            )
        if request.ip_address is not None and not is_host(subnet.cidr, request.ip_address):
            raise InvalidIpForSubnet(request.ip_address)
        return subnet
    if request.ip_address is None:
        raise InvalidInput("an entry of fixed_ips needs subnet_id or ip_address.")
    address = ipaddress.ip_address(request.ip_address)
    found = next((s for s in subnets.values() if address in ipaddress.ip_network(s.cidr)), None)
    if found is None:
        raise InvalidIpForNetwork(request.ip_address)
    if not is_host(found.cidr, request.ip_address):
        raise InvalidIpForSubnet(request.ip_address)
    return found


def split_kept(
    requests: Sequence[AddressRequest], held: Sequence[FixedIp]
) -> tuple[list[FixedIp], list[AddressRequest]]:
    """(held addresses that the new requests keep, requests that are new).

    A request for any address of a subnet keeps one that is held there and that no other request names.
    """
    left = list(held)
    kept, new = [], []
    exact_first = sorted(requests, key=lambda request: request.ip_address is None)
    for request in exact_first:
        match = next((fixed for fixed in left if _satisfies(fixed, request)), None)
        if match is None:
            new.append(request)
        else:
            left.remove(match)
            kept.append(match)
    return kept, new


def _satisfies(fixed: FixedIp, request: AddressRequest) -> bool:
    return request.subnet_id in (None, fixed.subnet_id) and request.ip_address in (None, fixed.ip_address)


async def hold(conn: Connection, port_id: str, wishes: Sequence[Wish]) -> None:
    """Gives a port further addresses, after those that it has; raises what `naming_refusals` says."""
    first = await SQL.next_position(conn, port_id=port_id)
    with naming_refusals():
        await addresses.hold(conn, addresses.wishes_of(port_id, wishes, first))


@contextmanager
def naming_refusals() -> Iterator[None]:
    """What may be wrong when addresses are given: IpAddressInUse, IpAddressGenerationFailure, SubnetNotFound.

    Any of them ends the transaction, or the savepoint in it.
    """
    with naming_by_detail(
        {
            "fixed_ips_ip": lambda detail: IpAddressInUse(*detail.split()),
            "fixed_ips_left": IpAddressGenerationFailure,
            "fixed_ips_subnet": lambda detail: SubnetNotFound(uuid_in(detail)),
        }
    ):
        yield
