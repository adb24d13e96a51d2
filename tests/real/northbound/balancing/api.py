"""The load-balancer API as tests ask it, beside the network API."""

from dataclasses import dataclass
from typing import Any

from tests.real.northbound.api import Answer, NetworkApi


class Balancing:
    """`ask` says any request below /v2/lbaas; `make` creates and expects it to work. `path` is like "pools"."""

    def __init__(self, network: NetworkApi) -> None:
        self.network = network

    async def ask(self, method: str, path: str, body: Any = None, *, who: str = "alice", **headers: str) -> Answer:
        return await self.network.ask(method, f"/v2/lbaas/{path}", body, who=who, api="load-balancer", **headers)

    async def make(self, path: str, *, who: str = "alice", **said: Any) -> dict[str, Any]:
        noun = path.rpartition("/")[2].removesuffix("s")
        answer = await self.ask("POST", path, {noun: said}, who=who)
        assert answer.status == 201, answer.body
        return answer.body[noun]

    async def show(self, path: str, *, who: str = "alice") -> dict[str, Any]:
        answer = await self.ask("GET", path, who=who)
        assert answer.status == 200, answer.body
        return next(iter(answer.body.values()))

    async def change(self, path: str, **said: Any) -> dict[str, Any]:
        noun = path.split("/")[-2].removesuffix("s")
        answer = await self.ask("PUT", path, {noun: said})
        assert answer.status == 200, answer.body
        return answer.body[noun]

    async def remove(self, path: str) -> None:
        answer = await self.ask("DELETE", path)
        assert answer.status == 204, answer.body


@dataclass
class Ground:
    """A network with a subnet and a router in it, whose gateway leads outside if `outside` is there."""

    network: dict[str, Any]
    subnet: dict[str, Any]
    router: dict[str, Any]


async def lay_ground(api: NetworkApi, cidr: str = "10.50.0.0/24") -> Ground:
    network = await api.make("network", name="mynetwork")
    subnet = await api.make("subnet", network_id=network["id"], ip_version=4, cidr=cidr)
    router = await api.make("router", name="myrouter")
    ground = Ground(network, subnet, router)
    await attach(api, ground, subnet)
    return ground


async def attach(api: NetworkApi, ground: Ground, subnet: dict[str, Any]) -> None:
    path = f"/v2.0/routers/{ground.router['id']}/add_router_interface"
    assert (await api.ask("PUT", path, {"subnet_id": subnet["id"]})).status == 200


def a_tree(subnet_id: str, *addresses: str, **said: Any) -> dict[str, Any]:
    """The body of a load balancer with a TCP listener at 80 and members at 8080."""
    pool = {
        "name": "web",
        "protocol": "TCP",
        "lb_algorithm": "SOURCE_IP_PORT",
        "members": [{"address": address, "protocol_port": 8080} for address in addresses],
    }
    listener = {"name": "http", "protocol": "TCP", "protocol_port": 80, "default_pool": pool}
    return {"name": "lb", "vip_subnet_id": subnet_id, "listeners": [listener], **said}
