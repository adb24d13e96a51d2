"""Subnets over HTTP: what they do to the ports and the network that they are part of."""

import asyncio

import msgspec
import pytest

from northbound.addresses.eui64 import slaac_address
from northbound.networks import store as networks
from northbound.ports import store as ports
from tests.real.northbound.api import NetworkApi
from tests.real.northbound.networking import until_somebody_waits

pytestmark = pytest.mark.real
SLAAC = {"ip_version": 6, "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}


async def test_autonomous_subnet_takes_ports_in_and_lets_them_go(api: NetworkApi) -> None:
    network = await api.make("network")
    first = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"])
    bare = await api.make("port", network_id=network["id"], fixed_ips=[])
    subnet = await api.make("subnet", network_id=network["id"], cidr="fd00::/64", **SLAAC)
    joined = await api.show("port", port["id"])
    own = slaac_address("fd00::/64", port["mac_address"])
    assert joined["fixed_ips"] == [*port["fixed_ips"], {"subnet_id": subnet["id"], "ip_address": own}]
    assert joined["revision_number"] > port["revision_number"]
    assert (await api.show("port", bare["id"]))["fixed_ips"] == []
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert own in row["addresses"]

    await api.remove("subnet", subnet["id"])
    assert (await api.show("port", port["id"]))["fixed_ips"] == port["fixed_ips"]
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=port["id"])
    assert own not in row["addresses"]
    refused = await api.ask("DELETE", f"/v2.0/subnets/{first['id']}")
    assert (refused.status, refused.error["type"]) == (409, "SubnetInUse")


async def test_autonomous_subnet_waits_for_a_port_that_leaves_it_already(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="fd00::/64", **SLAAC)
    port = await api.make("port", network_id=network["id"])
    async with api.database.transaction() as conn, asyncio.timeout(8):
        await ports.lock_port(conn, port["id"])
        asking = asyncio.create_task(api.ask("DELETE", f"/v2.0/subnets/{subnet['id']}"))
        await until_somebody_waits(conn)
        await ports.delete_port(conn, port["id"])
    assert (await asking).status == 204


async def test_autonomous_subnet_of_a_router_stays(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="fd00::/64", **SLAAC)
    router = await api.make("router")
    path = f"/v2.0/routers/{router['id']}/add_router_interface"
    assert (await api.ask("PUT", path, {"subnet_id": subnet["id"]})).status == 200
    refused = await api.ask("DELETE", f"/v2.0/subnets/{subnet['id']}")
    assert (refused.status, refused.error["type"]) == (409, "SubnetInUse")


async def test_subnets_are_of_their_network(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    grown = await api.show("network", network["id"])
    assert grown["revision_number"] == network["revision_number"] + 1
    await api.remove("subnet", subnet["id"])
    assert (await api.show("network", network["id"]))["revision_number"] == grown["revision_number"] + 1


async def test_ip_version_may_be_text(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version="4", cidr="10.50.0.0/24")
    assert subnet["ip_version"] == 4


async def test_mtu_is_what_ip_needs(api: NetworkApi) -> None:
    network = await api.make("network", mtu=1279)
    body = {"subnet": {"network_id": network["id"], "ip_version": 6, "cidr": "fd00::/64"}}
    refused = await api.ask("POST", "/v2.0/subnets", body)
    assert (refused.status, refused.error["type"]) == (409, "NetworkMTUSubnetConflict")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    refused = await api.ask("PUT", f"/v2.0/networks/{network['id']}", {"network": {"mtu": 67}})
    assert (refused.status, refused.error["type"]) == (409, "NetworkMTUSubnetConflict")


async def test_subnet_is_held_to_the_mtu_that_its_network_gets_meanwhile(api: NetworkApi) -> None:
    network = await api.make("network")
    async with api.database.transaction() as conn:
        await networks.lock_network(conn, network["id"])
        before = await networks.fetch_network(conn, network["id"], None)
        await networks.update_network(conn, before, msgspec.structs.replace(before, mtu=1000))
        said = {"network_id": network["id"], "ip_version": 6, "cidr": "fd00::/64"}
        asking = asyncio.create_task(api.ask("POST", "/v2.0/subnets", {"subnet": said}))
        await until_somebody_waits(conn)
    answer = await asking
    assert (answer.status, answer.error["type"]) == (409, "NetworkMTUSubnetConflict")


async def test_router_advertises_the_mtu_that_its_network_has_now(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="fd00::/64", **SLAAC)
    router = await api.make("router")
    await api.ask("PUT", f"/v2.0/routers/{router['id']}/add_router_interface", {"subnet_id": subnet["id"]})
    await api.change("network", network["id"], mtu=1400)
    (row,) = await api.ovn.wait_rows("NB", "Logical_Router_Port", 1)
    assert dict(row["ipv6_ra_configs"][1])["mtu"] == "1400"


@pytest.mark.parametrize(
    "said",
    [
        {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "dhcpv6-stateful"},
        {"ipv6_ra_mode": "slaac", "enable_dhcp": False},
        {"ipv6_address_mode": "slaac", "cidr": "fd00::/80"},
        {"ipv6_ra_mode": "slaac", "ip_version": 4, "cidr": "10.0.0.0/24"},
    ],
)
async def test_modes_that_do_not_fit_are_refused(api: NetworkApi, said: dict) -> None:
    network = await api.make("network")
    body = {"network_id": network["id"], "ip_version": 6, "cidr": "fd00::/64"} | said
    answer = await api.ask("POST", "/v2.0/subnets", {"subnet": body})
    assert (answer.status, "ipv6_" in answer.error["message"]) == (400, True)


async def test_subnet_whose_guests_rely_on_advertisements_keeps_its_dhcp(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], cidr="fd00::/64", **SLAAC)
    answer = await api.ask("PUT", f"/v2.0/subnets/{subnet['id']}", {"subnet": {"enable_dhcp": False}})
    assert (answer.status, "enable_dhcp" in answer.error["message"]) == (400, True)


async def test_external_network_goes_with_floating_ips_that_nobody_uses(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **{"router:external": True})
    await api.make("subnet", who="admin", network_id=network["id"], ip_version=4, cidr="150.25.0.0/24")
    before = (await api.ask("GET", "/v2.0/quotas/red/details")).body["quota"]["floatingip"]["used"]
    answer = await api.ask("POST", "/v2.0/floatingips", {"floatingip": {"floating_network_id": network["id"]}})
    assert answer.status == 201
    await api.remove("network", network["id"], who="admin")
    assert await api.find("floatingips") == []
    assert (await api.ask("GET", "/v2.0/quotas/red/details")).body["quota"]["floatingip"]["used"] == before


async def test_default_external_network_is_everybodys(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", **{"router:external": True, "is_default": True})
    (policy,) = await api.find(f"rbac-policies?object_id={network['id']}", who="admin")
    refused = await api.ask("DELETE", f"/v2.0/rbac-policies/{policy['id']}", who="admin")
    assert (refused.status, refused.error["type"]) == (409, "RbacPolicyInUse")


async def test_service_types_are_the_network_owners_matter(api: NetworkApi) -> None:
    network = await api.make("network", who="admin", shared=True)
    said = {"network_id": network["id"], "ip_version": 4}
    await api.make("subnet", who="admin", cidr="10.1.0.0/24", service_types=["test:one"], **said)
    mine = await api.make("network")
    subnet = await api.make(
        "subnet", network_id=mine["id"], ip_version=4, cidr="10.2.0.0/24", service_types=["compute:"]
    )
    assert (await api.change("subnet", subnet["id"], service_types=[]))["service_types"] == []


async def test_pages_lead_back_from_the_end(api: NetworkApi) -> None:
    for name in ("a", "b"):
        await api.make("network", name=name)

    async def page(path: str) -> tuple[list[str], dict[str, str]]:
        answer = await api.ask("GET", path)
        links = {link["rel"]: link["href"].partition("/network")[2] for link in answer.body.get("networks_links", [])}
        return [network["name"] for network in answer.body["networks"]], links

    _, links = await page("/v2.0/networks?limit=2&sort_key=name")
    empty, links = await page(links["next"])
    assert (empty, list(links)) == ([], ["previous"])
    last, links = await page(links["previous"])
    assert (last, sorted(links)) == (["a", "b"], ["next", "previous"])
    assert await page(links["previous"]) == ([], {"next": "/v2.0/networks?limit=2&sort_key=name"})
