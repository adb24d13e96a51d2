"""Routers: a gateway set, and taken away again."""

from tests.scale.ground import Ground
from tests.scale.load import each_once
from tests.scale.options import Options
from tests.scale.report import budget, latencies, line, title

ROUTERS = 40


async def measure(ground: Ground, _options: Options) -> None:
    title("gateways of routers")
    outside = {"name": "outside", "router:external": True, "provider:network_type": "flat"}
    network = await ground.ask(
        "POST", "/networks", {"network": outside | {"provider:physical_network": "physical1"}}, status=201
    )
    network_id = network["network"]["id"]
    subnet = {"network_id": network_id, "ip_version": 4, "cidr": "150.25.12.0/24", "enable_dhcp": False}
    await ground.ask("POST", "/subnets", {"subnet": subnet}, status=201)
    routers = [
        (await ground.ask("POST", "/routers", {"router": {"name": f"router-{number}"}}, status=201))["router"]["id"]
        for number in range(ROUTERS)
    ]
    for word, said in (("set", {"network_id": network_id}), ("taken away", {})):
        bodies = [
            ground.request("PUT", f"/routers/{router}", {"router": {"external_gateway_info": said}})
            for router in routers
        ]
        load = (await ground.load(each_once(bodies), in_flight=1)).require(200)
        if word == "set":
            budget("gateway set, p50", load.quantile_ms(0.5), 10, " ms")
        line(f"gateway {word}", latencies(load))
