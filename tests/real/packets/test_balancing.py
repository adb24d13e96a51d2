"""Load balancers: who is led where, and who is not any more."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.real.northbound.balancing.api import Balancing
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import Laboratory

pytestmark = pytest.mark.real

ANYTHING = ({"direction": "ingress"}, {"direction": "egress"})
PATIENCE_S = 20.0
GIVING_UP_S = 3.0
ENOUGH = 24
"""Connections of which each of two members gets one, but for a chance of one in eight million."""


@dataclass
class Site:
    """Two members, a neighbour of theirs, and a guest of another subnet behind the same router."""

    lab: Laboratory
    balancing: Balancing
    subnet: dict[str, Any]
    router: dict[str, Any]
    members: list[Guest]
    neighbour: Guest
    distant: Guest


@pytest.fixture(scope="module")
async def place(lab: Laboratory) -> AsyncIterator[Site]:
    network, subnet = await lab.network("10.50.0.0/24")
    other, other_subnet = await lab.network("10.60.0.0/24")
    router = await lab.router(subnet, other_subnet)
    group = await lab.group(*ANYTHING)
    said = {"security_groups": [group["id"]]}
    ports = [await lab.api.make("port", network_id=network["id"], **said) for _ in range(3)]
    ports.append(await lab.api.make("port", network_id=other["id"], **said))
    balancing = Balancing(lab.api)
    async with lab.plugged(*ports) as (one, two, neighbour, distant), AsyncExitStack() as serving:
        for member in (one, two):
            await serving.enter_async_context(telling_tcp(member, 8080))
            await serving.enter_async_context(telling_udp(member, 8080))
        yield Site(lab, balancing, subnet, router, [one, two], neighbour, distant)


@pytest.fixture
async def site(place: Site) -> AsyncIterator[Site]:
    """The place, without load balancers at first; its guests have forgotten who had which address before."""
    for guest in (*place.members, place.neighbour, place.distant):
        await guest.run("ip", "neigh", "flush", "dev", "eth0")
    yield place
    for balancer in await place.balancing.show("loadbalancers"):
        await place.balancing.remove(f"loadbalancers/{balancer['id']}?cascade=true")


async def balance(site: Site, protocol: str = "TCP", port: int = 80, **said: Any) -> dict[str, Any]:
    """A load balancer whose listener leads to the members' 8080."""
    pool = {"protocol": protocol, "lb_algorithm": "SOURCE_IP_PORT"}
    pool["members"] = [{"address": one.ip, "protocol_port": 8080} for one in site.members]
    listener = {"protocol": protocol, "protocol_port": port, "default_pool": {**pool, **said}}
    made = await site.balancing.make("loadbalancers", vip_subnet_id=site.subnet["id"], listeners=[listener])
    await site.lab.settled()
    return made


def member_path(made: dict[str, Any], guest: Guest) -> str:
    (pool,) = made["pools"]
    (member,) = (one for one in pool["members"] if one["address"] == guest.ip)
    return f"pools/{pool['id']}/members/{member['id']}"


async def test_connections_are_shared_among_the_members_that_there_are(site: Site) -> None:
    made = await balance(site)
    vip, (one, two) = made["vip_address"], site.members
    assert await serving(site.neighbour, vip) == {one.ip, two.ip}
    assert await serving(site.distant, vip) == {one.ip, two.ip}, "through the router"

    await site.balancing.remove(member_path(made, one))
    await site.lab.settled()
    assert await serving(site.neighbour, vip) == {two.ip}
    assert await serving(site.distant, vip) == {two.ip}
    await site.balancing.change(member_path(made, two), weight=0)
    await site.lab.settled()
    assert await serving(site.neighbour, vip) == {"refused"}, "a client need not wait for nobody"
    await site.balancing.change(member_path(made, two), weight=1)
    await site.lab.settled()
    assert await serving(site.neighbour, vip) == {two.ip}


async def test_member_reaches_its_own_service_by_the_vip(site: Site) -> None:
    made = await balance(site)
    one, two = site.members
    assert await serving(one, made["vip_address"]) == {one.ip, two.ip}


async def test_datagrams_are_shared_and_persistence_keeps_a_client_with_a_member(site: Site) -> None:
    made = await balance(site, "UDP", 53)
    one, two = site.members
    assert {await ask_udp(site.neighbour, made["vip_address"], 53) for _ in range(ENOUGH)} == {one.ip, two.ip}
    kept = await balance(site, session_persistence={"type": "SOURCE_IP", "persistence_timeout": 60})
    assert len(await serving(site.neighbour, kept["vip_address"])) == 1


async def test_disabled_load_balancer_serves_nobody(site: Site) -> None:
    made = await balance(site)
    path, vip = f"loadbalancers/{made['id']}", made["vip_address"]
    assert await serving(site.neighbour, vip) <= {one.ip for one in site.members}
    await site.balancing.change(path, admin_state_up=False)
    await site.lab.settled()
    assert await ask_tcp(site.neighbour, vip, 80, within_s=1) is None
    await site.balancing.change(path, admin_state_up=True)
    await site.lab.settled()
    assert await ask_tcp(site.neighbour, vip, 80) is not None


async def test_floating_ip_leads_from_outside_to_the_members(site: Site) -> None:
    made = await balance(site)
    floating_ip = await site.lab.api.make(
        "floatingip", floating_network_id=site.lab.external["id"], port_id=made["vip_port_id"]
    )
    await site.lab.settled()
    public = floating_ip["floating_ip_address"]
    assert await serving(site.lab.outside, public) == {one.ip for one in site.members}
    await site.lab.api.remove("floatingip", floating_ip["id"])
    await site.lab.settled()
    assert await ask_tcp(site.lab.outside, public, 80, within_s=1) is None


async def test_health_monitor_takes_a_dead_member_out_and_brings_it_back(site: Site) -> None:
    one, two = site.members
    third = site.neighbour
    async with AsyncExitStack() as alive:
        await alive.enter_async_context(telling_tcp(third, 8080))
        # Who is alive may miss a check on a busy machine, and three in a row hardly; who is dead refuses each at once.
        monitor = {"type": "TCP", "delay": 2, "timeout": 2, "max_retries": 1, "max_retries_down": 3}
        made = await balance(
            site,
            members=[{"address": guest.ip, "protocol_port": 8080} for guest in (one, third)],
            healthmonitor=monitor,
        )
        vip = made["vip_address"]
        await until_health(site, made, {one.ip: "ONLINE", third.ip: "ONLINE"})
        await until_serving(site.distant, vip, {one.ip, third.ip})
    await until_health(site, made, {one.ip: "ONLINE", third.ip: "ERROR"})
    await until_serving(site.distant, vip, {one.ip})
    tree = await site.balancing.show(f"loadbalancers/{made['id']}")
    assert tree["operating_status"] == "DEGRADED"
    async with telling_tcp(third, 8080):
        await until_health(site, made, {one.ip: "ONLINE", third.ip: "ONLINE"})
        await until_serving(site.distant, vip, {one.ip, third.ip})


async def until_health(site: Site, made: dict[str, Any], wanted: dict[str, str]) -> None:
    """Returns when the members are in these states, and OVN's flows follow."""
    (pool,) = made["pools"]
    until = asyncio.get_running_loop().time() + PATIENCE_S
    found: dict[str, str] = {}
    while found != wanted:
        assert asyncio.get_running_loop().time() < until, f"{found} is not {wanted}"
        await asyncio.sleep(0.1)
        members = await site.balancing.show(f"pools/{pool['id']}/members")
        found = {one["address"]: one["operating_status"] for one in members}
    await site.lab.settled()


async def until_serving(client: Guest, address: str, wanted: set[str | None]) -> None:
    """Returns when these answer: northd hears of a health on its own, and its flows follow later."""
    until = asyncio.get_running_loop().time() + PATIENCE_S
    while (found := await serving(client, address)) != wanted:
        assert asyncio.get_running_loop().time() < until, f"{found} is not {wanted}"


async def serving(client: Guest, address: str, port: int = 80) -> set[str | None]:
    """Who answers a client's connections: addresses, None for no answer, "refused"."""
    first = await ask_tcp(client, address, port)
    return {first} if first is None else {first, *[await ask_tcp(client, address, port) for _ in range(ENOUGH)]}


async def ask_tcp(client: Guest, address: str, port: int, *, within_s: float = GIVING_UP_S) -> str | None:
    try:
        connection = await client.dial(address, port, within_s=within_s)
    except ConnectionRefusedError:
        return "refused"
    except (TimeoutError, OSError):
        return None
    with connection:
        async with asyncio.timeout(within_s):
            return (await asyncio.get_running_loop().sock_recv(connection, 64)).decode()


async def ask_udp(client: Guest, address: str, port: int) -> str | None:
    loop = asyncio.get_running_loop()
    with client.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _ in range(10):
            await loop.sock_sendto(asking, b"who?", (address, port))
            try:
                async with asyncio.timeout(0.5):
                    return (await loop.sock_recv(asking, 64)).decode()
            except TimeoutError:
                continue
    return None


@asynccontextmanager
async def telling_tcp(guest: Guest, port: int) -> AsyncIterator[None]:
    """Who connects to the guest is told its address."""

    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(guest.ip.encode())
        writer.close()

    listener = guest.open_socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", port))
    server = await asyncio.start_server(tell, sock=listener)
    try:
        yield
    finally:
        server.close()


@asynccontextmanager
async def telling_udp(guest: Guest, port: int) -> AsyncIterator[None]:
    """Who sends the guest a datagram is told its address."""

    async def tell(answering: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            _, sender = await loop.sock_recvfrom(answering, 64)
            await loop.sock_sendto(answering, guest.ip.encode(), sender)

    with guest.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as answering:
        answering.bind(("", port))
        task = asyncio.create_task(tell(answering))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
