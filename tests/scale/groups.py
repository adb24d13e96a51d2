"""Security groups with many rules: made in one request, one by one, and a port that enters a large one."""

import time

from tests.scale.ground import Ground
from tests.scale.load import each_once, for_seconds
from tests.scale.options import Options
from tests.scale.report import budget, latencies, line, title

RULES = 500
RULES_PER_BODY = 100


async def measure(ground: Ground, options: Options) -> None:
    title("security groups")
    await _twenty_rules(ground)
    started = time.perf_counter()
    group = await _add_group(ground, "large")
    bodies = [
        ground.request("POST", "/security-group-rules", {"security_group_rules": _rules(group, first, RULES_PER_BODY)})
        for first in range(0, RULES, RULES_PER_BODY)
    ]
    (await ground.load(each_once(bodies), in_flight=1)).require(201)
    line(
        f"a group with {RULES} rules, in requests of {RULES_PER_BODY}",
        f"{(time.perf_counter() - started) * 1000:.0f} ms",
    )
    single = [ground.request("POST", "/security-group-rules", {"security_group_rule": _rules(group, RULES, 1)[0]})]
    line("one rule more", latencies((await ground.load(each_once(single), in_flight=1)).require(201)))
    (network,) = await ground.add_networks(1, "groups")
    body = {"port": {"network_id": network, "security_groups": [group]}}
    member = [ground.request("POST", "/ports", body)]
    load = (await ground.load(for_seconds(member, options.seconds), in_flight=1)).require(201)
    line(f"a port that enters the group of {RULES}", latencies(load))


async def _twenty_rules(ground: Ground) -> None:
    """As a tenant does it: the group, then its rules one by one, or in one request."""
    for each, limit_ms in ((1, 60), (20, 8)):
        best_ms = float("inf")
        for attempt in range(5):
            group = await _add_group(ground, f"twenty-{each}-{attempt}")
            rules = _rules(group, 0, 20)
            bodies = [
                ground.request("POST", "/security-group-rules", {"security_group_rules": rules[first : first + each]})
                for first in range(0, 20, each)
            ]
            started = time.perf_counter()
            (await ground.load(each_once(bodies), in_flight=1)).require(201)
            best_ms = min(best_ms, (time.perf_counter() - started) * 1000)
        budget(f"20 rules in {20 // each} requests, best of 5", best_ms, limit_ms, " ms")


async def _add_group(ground: Ground, name: str) -> str:
    answer = await ground.ask("POST", "/security-groups", {"security_group": {"name": name}}, status=201)
    return answer["security_group"]["id"]


def _rules(group: str, first: int, amount: int) -> list[dict]:
    return [
        {
            "security_group_id": group,
            "direction": "ingress",
            "protocol": "tcp",
            "port_range_min": 1000 + number,
            "port_range_max": 1000 + number,
            "remote_ip_prefix": f"10.{number % 200}.0.0/16",
        }
        for number in range(first, first + amount)
    ]
