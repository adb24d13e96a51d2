"""Rows of the threat catalogue that concern single values: addresses of others, spellings, limits."""

import pytest

from tests.real.northbound.api import NetworkApi
from tests.real.northbound.test_bad_input import refuse

pytestmark = pytest.mark.real


async def test_threat_n15_nothing_of_a_foreign_network_is_the_tenants_to_choose(api: NetworkApi) -> None:
    """Gateway, DHCP, a neighbour's, a free one, all of them: by address, by pair, on creation and after."""
    network = await api.make("network", who="admin", shared=True)
    said = {"network_id": network["id"], "ip_version": 4, "cidr": "10.50.0.0/24"}
    await api.make("subnet", who="admin", **said)
    neighbour = await api.make("port", who="admin", network_id=network["id"])
    (dhcp,) = await api.find(f"ports?network_id={network['id']}&device_owner=network:distributed", who="admin")
    mine = await api.make("port", network_id=network["id"])
    taken = [port["fixed_ips"][0]["ip_address"] for port in (neighbour, dhcp)]
    for ip in ("10.50.0.1", "10.50.0.99", *taken):
        for word, value in (
            ("fixed_ips", [{"ip_address": ip}]),
            ("allowed_address_pairs", [{"ip_address": ip}]),
            ("allowed_address_pairs", [{"ip_address": f"{ip}/25", "mac_address": neighbour["mac_address"]}]),
        ):
            body = {"network_id": network["id"], word: value}
            await refuse(api, "POST", "/v2.0/ports", {"port": body}, 403, word)
            await refuse(api, "PUT", f"/v2.0/ports/{mine['id']}", {"port": {word: value}}, 403, word)


@pytest.mark.parametrize("every", ["0.0.0.0/0", "::/0", "10.0.0.0/0"])
async def test_threat_n15_pair_of_every_address_is_refused_to_its_owner_too(api: NetworkApi, every: str) -> None:
    network = await api.make("network")
    body = {"network_id": network["id"], "allowed_address_pairs": [{"ip_address": every}]}
    await refuse(api, "POST", "/v2.0/ports", {"port": body}, 400, "allowed_address_pairs")


async def test_threat_n15_two_ports_never_have_one_address(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    router = await api.make("router")
    said = {"subnet_id": subnet["id"]}
    assert (await api.ask("PUT", f"/v2.0/routers/{router['id']}/add_router_interface", said)).status == 200
    (dhcp,) = await api.find(f"ports?network_id={network['id']}&device_owner=network:distributed")
    for ip in ("10.50.0.1", dhcp["fixed_ips"][0]["ip_address"]):
        body = {"network_id": network["id"], "fixed_ips": [{"ip_address": ip}]}
        await refuse(api, "POST", "/v2.0/ports", {"port": body}, 409, ip)


SPELLINGS = {
    "2001:db8::9": ["2001:DB8::9", "2001:0db8:0:0:0:0:0:9", "2001:db8:0::0:9", "2001:db8::0009"],
    "10.50.0.9": ["10.50.0.9"],
}
NO_ADDRESSES = [
    "010.50.0.9",
    "10.50.9",
    "0x0a320009",
    "171048969",
    "::ffff:10.50.0.9",
    "2001:db8::9%eth0",
    "10.50.0.9 ",
]


async def test_threat_h8_one_address_has_one_row_however_it_is_spelled(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    await api.make("subnet", network_id=network["id"], ip_version=6, cidr="2001:db8::/64")
    for canonical, spellings in SPELLINGS.items():
        port = await api.make("port", network_id=network["id"], fixed_ips=[{"ip_address": spellings[0]}])
        assert port["fixed_ips"][0]["ip_address"] == canonical
        for spelling in spellings:
            body = {"network_id": network["id"], "fixed_ips": [{"ip_address": spelling}]}
            await refuse(api, "POST", "/v2.0/ports", {"port": body}, 409, canonical)
    for spelling in NO_ADDRESSES:
        body = {"network_id": network["id"], "fixed_ips": [{"ip_address": spelling}]}
        await refuse(api, "POST", "/v2.0/ports", {"port": body}, 400, "fixed_ips")


@pytest.mark.parametrize("limit", [2**31, 2**63, 2**64, -2, "1e400", 1e300, 1.5, True, None, "many"])
async def test_threat_q2_quota_of_networking_has_bounds(api: NetworkApi, limit: object) -> None:
    await refuse(api, "PUT", "/v2.0/quotas/red", {"quota": {"network": limit}}, 400, "network", who="admin")
