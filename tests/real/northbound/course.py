"""What the course lays out, made over HTTP, and how tests take it further."""

from dataclasses import dataclass
from typing import Any

from tests.real.northbound.api import Answer, NetworkApi


@dataclass
class Course:
    """What the course lays out: an outside, a network with a subnet, a router between them."""

    outside: dict[str, Any]
    outer_subnet: dict[str, Any]
    network: dict[str, Any]
    subnet: dict[str, Any]
    router: dict[str, Any]


async def make_subnet(api: NetworkApi, network: dict[str, Any], cidr: str, **said: Any) -> dict[str, Any]:
    said = {"ip_version": 6 if ":" in cidr else 4, **said}
    return await api.make("subnet", network_id=network["id"], cidr=cidr, **said)


async def make_outside(api: NetworkApi) -> tuple[dict[str, Any], dict[str, Any]]:
    provider = {"provider:network_type": "flat", "provider:physical_network": "physical1", "router:external": True}
    network = await api.make("network", who="admin", name="internet", **provider)
    subnet = await make_subnet(
        api, network, "150.25.12.0/24", who="admin", gateway_ip="150.25.12.254", enable_dhcp=False
    )
    return network, subnet


async def attach(api: NetworkApi, router: dict[str, Any], *, who: str = "alice", **said: str) -> Answer:
    return await api.ask("PUT", f"/v2.0/routers/{router['id']}/add_router_interface", said, who=who)


async def detach(api: NetworkApi, router: dict[str, Any], **said: str) -> Answer:
    return await api.ask("PUT", f"/v2.0/routers/{router['id']}/remove_router_interface", said)


async def rows_in(api: NetworkApi, table: str, parent: str, column: str) -> list[dict[str, Any]]:
    """The rows of `table` that the parent's `column` ("Logical_Router.nat") holds, by the parent's name."""
    kind, _, field = column.partition(".")
    (holder,) = await api.ovn.wait_rows("NB", kind, 1, name=parent)
    held = holder[field][1] if holder[field][0] == "set" else [holder[field]]
    ids = {reference[1] for reference in held}
    return [row for row in await api.ovn.northbound.rows(table) if row["_uuid"][1] in ids]


async def lay_out(api: NetworkApi) -> Course:
    outside, outer_subnet = await make_outside(api)
    network = await api.make("network", name="mynetwork")
    subnet = await make_subnet(api, network, "10.50.0.1/16")
    router = await api.make("router", name="myrouter", admin_state_up=True)
    assert (await attach(api, router, subnet_id=subnet["id"])).status == 200
    router = await api.change("router", router["id"], external_gateway_info={"network_id": outside["id"]})
    return Course(outside, outer_subnet, network, subnet, router)
