"""What packets do: guests behind groups, a router and a floating IP, on a real switch."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from deploy.lab.internet import connect_internet
from deploy.lab.namespaces import Namespace
from tests.daemons.hypervisor import Hypervisor
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.guests import Guest, eventually, plugged

pytestmark = pytest.mark.real
ROUTER_OUTSIDE = "150.25.12.254"


@pytest.fixture
async def outside(hypervisor: Hypervisor) -> AsyncIterator[Guest]:
    """The far side of the provider network."""
    namespace = Namespace(f"{hypervisor.namespace.name}-out")
    await namespace.create(str(hypervisor.directory))
    try:
        await connect_internet(namespace, hypervisor.namespace, hypervisor.switch)
        yield Guest(namespace, ROUTER_OUTSIDE)
    finally:
        await namespace.delete()


async def test_groups_router_and_floating_ip_decide_over_packets(
    api: NetworkApi, hypervisor: Hypervisor, outside: Guest
) -> None:
    internet = await api.make(
        "network",
        who="admin",
        **{"router:external": True, "provider:network_type": "flat", "provider:physical_network": "physical1"},
    )
    await api.make(
        "subnet",
        who="admin",
        network_id=internet["id"],
        ip_version=4,
        cidr="150.25.12.0/24",
        gateway_ip=ROUTER_OUTSIDE,
        enable_dhcp=False,
    )
    network = await api.make("network", name="mynetwork")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/16")
    router = await api.make("router", external_gateway_info={"network_id": internet["id"]})
    said = {"subnet_id": subnet["id"]}
    assert (await api.ask("PUT", f"/v2.0/routers/{router['id']}/add_router_interface", said)).status == 200
    group = await api.make("security_group", name="lonely")
    ports = [await api.make("port", network_id=network["id"]) for _ in range(2)]
    ports.append(await api.make("port", network_id=network["id"], security_groups=[group["id"]]))
    floating_ip = await api.make("floatingip", floating_network_id=internet["id"], port_id=ports[0]["id"])
    public = floating_ip["floating_ip_address"]
    (default,) = ports[0]["security_groups"]

    async with AsyncExitStack() as stack:
        web, friend, stranger = [await stack.enter_async_context(plugged(hypervisor, port, subnet)) for port in ports]
        await stack.enter_async_context(web.listening(22))

        assert await eventually(friend.reaches, web.address), "the default group lets its members in"
        assert await eventually(friend.reaches, ROUTER_OUTSIDE), "source NAT leads outside"
        assert not await stranger.reaches(web.address)
        assert not await stranger.connects(web.address, 22)
        assert not await outside.reaches(public)
        assert not await outside.connects(public, 22)

        rule = {"security_group_id": default, "direction": "ingress"}
        await api.make("security_group_rule", **rule, protocol="tcp", port_range_min=22, port_range_max=22)
        assert await eventually(stranger.connects, web.address, 22)
        assert await eventually(outside.connects, public, 22), "the floating IP leads to the port"
        assert not await outside.reaches(public), "a rule for tcp permits no icmp"

        icmp = await api.make("security_group_rule", **rule, protocol="icmp")
        assert await eventually(outside.reaches, public)
        assert await eventually(stranger.reaches, web.address)

        await api.remove("security_group_rule", icmp["id"])

        async def is_cut_off() -> bool:
            return not await outside.reaches(public)

        assert await eventually(is_cut_off), "a rule that is gone permits nothing"
        await api.change("floatingip", floating_ip["id"], port_id=None)

        async def is_unknown() -> bool:
            return not await outside.connects(public, 22)

        assert await eventually(is_unknown), "threat N9: nothing is translated any more"
        assert (await api.show("port", ports[0]["id"]))["status"] == "ACTIVE"
