"""A gateway with two chassis: when the one that serves it dies or is cut off, the other takes over; it comes back when
its first choice does. What is measured is printed: pytest's -s shows it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from deploy.lab.daemons.postgres import Postgres
from deploy.lab.daemons.waiting import until
from tests.real.packets.fabric import TUNNELS
from tests.real.packets.guest import Guest
from tests.real.packets.laboratory import OUTSIDE_CIDR, ROUTER_OUTSIDE, Laboratory, make_external
from tests.real.packets.outage import watching
from tests.real.packets.site import Host, Site, running_site
from tests.real.packets.test_routing import open_port

pytestmark = pytest.mark.real
GATEWAY = "enable-chassis-as-gw"
HOSTS = {"left": Host("physical1", GATEWAY), "right": Host("physical1", GATEWAY), "compute": Host()}
OUTAGE_S = 8.0
"""BFD of OVN's defaults finds out after three seconds of silence; the rest is for a machine that is busy."""
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
async def site(postgres: Postgres, migrated_template: str) -> AsyncIterator[Site]:
    async with running_site(postgres, migrated_template, HOSTS) as running:
        external = await make_external(running.api)
        for host in running.hosts.values():
            host.external = external
        yield running


@pytest.fixture(scope="module")
async def outside(site: Site) -> AsyncIterator[Guest]:
    guest = await site.fabric.guest("physical1", f"{ROUTER_OUTSIDE}/{OUTSIDE_CIDR.partition('/')[2]}")
    yield guest
    await guest.namespace.delete()


async def serving(site: Site, router: dict[str, Any]) -> str:
    """The host of the router's gateway, as the API shows it; empty while nobody serves it."""
    path = f"ports?device_id={router['id']}&device_owner=network:router_gateway"
    (gateway,) = await site.api.find(path, who="admin")
    return gateway["binding:host_id"]


async def until_served(site: Site, router: dict[str, Any], wanted: Callable[[str], bool]) -> None:
    async def is_served() -> bool:
        return wanted(await serving(site, router))

    await until(is_served, PATIENCE_S, 0.1)


async def fail_over(
    site: Site,
    outside: Guest,
    cidr: str,
    fail: Callable[[Laboratory], Awaitable[None]],
    repair: Callable[[Laboratory], Awaitable[None]],
) -> None:
    """Guest and outside talk, by source NAT and by a floating IP, while the gateway fails and comes back."""
    compute = site.hosts["compute"]
    network, subnet = await compute.network(cidr)
    router = await compute.router(subnet)
    port, floating = await open_port(compute, network), await open_port(compute, network)
    address = (await site.api.make("floatingip", floating_network_id=compute.external["id"], port_id=floating["id"]))[
        "floating_ip_address"
    ]
    async with compute.plugged(port, floating) as (guest, _):
        await compute.settled()
        await until_served(site, router, bool)
        assert await guest.reaches(ROUTER_OUTSIDE)
        assert await outside.reaches(address)
        first = await serving(site, router)
        for change, wanted in ((fail, lambda host: host not in ("", first)), (repair, lambda host: host == first)):
            async with watching(guest, ROUTER_OUTSIDE) as leaving, watching(outside, address) as entering:
                await leaving.answered(3)
                await entering.answered(3)
                await change(site.hosts[first])
                await until_served(site, router, wanted)
                for watch in (leaving, entering):
                    await watch.answered(20, within_s=PATIENCE_S)
                gaps = leaving.longest_gap_s, entering.longest_gap_s
                print(
                    f"{fail.__name__}, {change.__name__}: {gaps[0]:.2f} s by source NAT, {gaps[1]:.2f} s to a floating IP"
                )
                assert max(gaps) < OUTAGE_S


async def test_gateway_survives_the_death_of_its_switch(site: Site, outside: Guest) -> None:
    async def kill_switch(host: Laboratory) -> None:
        await host.chassis.switch.kill()

    async def start_switch(host: Laboratory) -> None:
        await host.chassis.switch.start()

    await fail_over(site, outside, "10.80.0.0/24", kill_switch, start_switch)


async def test_gateway_survives_being_cut_off(site: Site, outside: Guest) -> None:
    async def cut_wire(host: Laboratory) -> None:
        await site.fabric.cut(host.chassis, TUNNELS)

    async def mend_wire(host: Laboratory) -> None:
        await site.fabric.mend(host.chassis, TUNNELS)

    await fail_over(site, outside, "10.81.0.0/24", cut_wire, mend_wire)
