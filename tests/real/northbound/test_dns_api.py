"""Names of ports, by the API, and what OVN holds of them."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import DatabaseSettings
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import NetworkApi, network_api

pytestmark = pytest.mark.real


@pytest.fixture
async def api(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[NetworkApi]:
    """Its operator wants names resolved by any OVN."""
    async with network_api(database_settings, ovn, dns_records="always") as served:
        yield served


async def records(api: NetworkApi) -> dict[str, str]:
    rows = await api.ovn.northbound.rows("DNS")
    assert len(rows) <= 1
    return dict(rows[0]["records"][1]) if rows else {}


async def test_records_follow_names_addresses_and_domains(api: NetworkApi) -> None:
    network = await api.make("network")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    one = await api.make("port", network_id=network["id"], dns_name="Web", fixed_ips=[{"ip_address": "10.50.0.9"}])
    assert (one["dns_name"], one["dns_domain"]) == ("web", "")
    assert one["dns_assignment"] == [
        {"ip_address": "10.50.0.9", "hostname": "web", "fqdn": "web.openstacklocal."},
    ]
    unnamed = await api.make("port", network_id=network["id"], fixed_ips=[{"ip_address": "10.50.0.10"}])
    assert unnamed["dns_assignment"][0]["hostname"] == "host-10-50-0-10"
    assert (await records(api)).keys() == {"web", "web.openstacklocal", "9.0.50.10.in-addr.arpa"}

    await api.change("port", unnamed["id"], dns_name="web", dns_domain="example.org.")
    assert (await records(api))["web"] == "10.50.0.9 10.50.0.10"
    assert (await records(api))["web.example.org"] == "10.50.0.10"

    wanted = [{"subnet_id": subnet["id"], "ip_address": "10.50.0.9"}, {"ip_address": "10.50.0.77"}]
    await api.change("port", one["id"], fixed_ips=wanted)
    assert (await records(api))["web"] == "10.50.0.9 10.50.0.10 10.50.0.77"

    await api.remove("port", unnamed["id"])
    assert (await records(api))["web"] == "10.50.0.9 10.50.0.77", "the namesake stays"
    assert [port["id"] for port in await api.find("ports?dns_name=web")] == [one["id"]]

    await api.change("port", one["id"], dns_name="")
    assert await records(api) == {}


async def test_domain_of_the_network_reaches_records_and_ports(api: NetworkApi) -> None:
    network = await api.make("network")
    await api.make("subnet", network_id=network["id"], ip_version=4, cidr="10.50.0.0/24")
    port = await api.make("port", network_id=network["id"], dns_name="web")
    await api.change("network", network["id"], dns_domain="net.example.")
    assert (await api.show("port", port["id"]))["dns_assignment"][0]["fqdn"] == "web.net.example."
    assert "web.net.example" in await records(api)
