"""Routed networks: ports get the addresses of their host's segment, at once or when they have a host."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from northbound.ports import store as ports
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import Answer, NetworkApi
from tests.real.northbound.hypervisors import add_hypervisor, remove_hypervisors

pytestmark = pytest.mark.real
PLACES = ("one", "two")


@pytest.fixture(autouse=True)
async def clean(ovn: Ovn) -> AsyncIterator[None]:
    yield
    await remove_hypervisors(ovn)


async def a_routed_network(api: NetworkApi) -> tuple[str, dict[str, str]]:
    """(network, subnet by physical network)"""
    segments = [{"provider:network_type": "flat", "provider:physical_network": place} for place in PLACES]
    network = await api.make("network", who="admin", shared=True, segments=segments)
    subnets = {}
    for segment in await api.find(f"segments?network_id={network['id']}", who="admin"):
        place = segment["physical_network"]
        said = {"network_id": network["id"], "ip_version": 4, "cidr": f"10.{PLACES.index(place)}.0.0/24"}
        subnets[place] = (await api.make("subnet", who="admin", segment_id=segment["id"], **said))["id"]
    for name, places in (("h1", ["one"]), ("h2", ["two"]), ("h3", []), ("h4", ["one", "two"])):
        await add_hypervisor(api, name, places)
    return network["id"], subnets


def placed(port: dict[str, Any]) -> list[str]:
    return [fixed["subnet_id"] for fixed in port["fixed_ips"]]


async def test_port_is_addressed_in_the_segment_of_its_host(api: NetworkApi) -> None:
    network_id, subnets = await a_routed_network(api)
    said = {"network_id": network_id}
    bound = await api.make("port", who="admin", **said, **{"binding:host_id": "host-h2"})
    assert (placed(bound), bound["ip_allocation"]) == ([subnets["two"]], "immediate")
    waiting = await api.make("port", **said)
    assert (placed(waiting), waiting["ip_allocation"]) == ([], "deferred")
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=waiting["id"])
    assert row["addresses"] == waiting["mac_address"]
    arrived = await api.change("port", waiting["id"], who="admin", **{"binding:host_id": "host-h1"})
    assert (placed(arrived), arrived["ip_allocation"]) == ([subnets["one"]], "immediate")
    (row,) = await api.ovn.wait_rows("NB", "Logical_Switch_Port", 1, name=waiting["id"])
    assert row["addresses"] == f"{waiting['mac_address']} {arrived['fixed_ips'][0]['ip_address']}"
    chosen = await api.make("port", **said, fixed_ips=[{"subnet_id": subnets["two"]}])
    assert (placed(chosen), chosen["ip_allocation"]) == ([subnets["two"]], "immediate")
    assert (await api.make("port", **said, fixed_ips=[]))["ip_allocation"] == "none"


async def test_port_is_not_where_its_addresses_do_not_reach(api: NetworkApi) -> None:
    network_id, subnets = await a_routed_network(api)
    before = await api.dump()
    for host, wanted, kind in (
        ("host-h3", None, "HostNotConnectedToAnySegment"),
        ("nowhere", None, "HostNotConnectedToAnySegment"),
        ("host-h4", None, "HostConnectedToMultipleSegments"),
        ("host-h1", subnets["two"], "HostNotCompatibleWithFixedIps"),
    ):
        port = {"network_id": network_id, "binding:host_id": host}
        port |= {"fixed_ips": [{"subnet_id": wanted}]} if wanted else {}
        refused = await api.ask("POST", "/v2.0/ports", {"port": port}, who="admin")
        assert (refused.status, refused.error["type"]) == (409, kind)
    assert await api.dump() == before
    settled = await api.make("port", who="admin", network_id=network_id, **{"binding:host_id": "host-h1"})
    moved = {"port": {"binding:host_id": "host-h2"}}
    refused = await api.ask("PUT", f"/v2.0/ports/{settled['id']}", moved, who="admin")
    assert (refused.status, refused.error["type"]) == (409, "HostNotCompatibleWithFixedIps")
    freed = await api.change("port", settled["id"], who="admin", **{"binding:host_id": ""})
    assert placed(freed) == [subnets["one"]]


async def test_server_gives_its_port_the_addresses_that_it_waited_for(api: NetworkApi) -> None:
    network_id, subnets = await a_routed_network(api)
    waiting = await api.make("port", network_id=network_id)
    async with api.database.transaction() as conn:
        await ports.bind_port(conn, waiting["id"], host="host-h2", device_id="server")
    assert placed(await api.show("port", waiting["id"])) == [subnets["two"]]
    async with api.database.transaction() as conn:
        await ports.unbind_port(conn, waiting["id"])
    assert placed(await api.show("port", waiting["id"])) == [subnets["two"]]


async def test_binding_is_activated_only_where_its_ports_addresses_reach(api: NetworkApi) -> None:
    network_id, subnets = await a_routed_network(api)
    said = {"network_id": network_id, "device_owner": "compute:nova", "binding:host_id": "host-h1"}
    port = await api.make("port", who="admin", **said)
    assert placed(port) == [subnets["one"]]
    await api.make("port", who="admin", **said | {"binding:host_id": "host-h2"})  # h2's segment is known by now

    async def prepared(host: str) -> Answer:
        path = f"/v2.0/ports/{port['id']}/bindings"
        made = await api.ask("POST", path, {"binding": {"host": host}}, who="admin")
        assert made.status == 201, made.body
        return await api.ask("PUT", f"{path}/{host}/activate", who="admin")

    for host, kind in (("host-h2", "HostNotCompatibleWithFixedIps"), ("host-h3", "HostNotConnectedToAnySegment")):
        refused = await prepared(host)
        assert (refused.status, refused.error["type"]) == (409, kind)
        assert (await api.show("port", port["id"], who="admin"))["binding:host_id"] == "host-h1"


async def test_activated_binding_gives_a_port_the_addresses_that_it_waited_for(api: NetworkApi) -> None:
    network_id, subnets = await a_routed_network(api)
    waiting = await api.make("port", who="admin", network_id=network_id, device_owner="compute:nova")
    assert placed(waiting) == []
    path = f"/v2.0/ports/{waiting['id']}/bindings"
    assert (await api.ask("POST", path, {"binding": {"host": "host-h2"}}, who="admin")).status == 201
    assert (await api.ask("PUT", f"{path}/host-h2/activate", who="admin")).status == 200
    assert placed(await api.show("port", waiting["id"], who="admin")) == [subnets["two"]]
