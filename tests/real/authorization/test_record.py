"""Whatever is changed by any API leaves an event, and whatever is denied does."""

import asyncio
from collections import defaultdict
from typing import Any

from tests.real.authorization.world import World, body_of, fill, places

DELETED_LAST = ("networks", "subnets", "routers", "ports", "security-groups", "address-scopes", "projects", "users")
READ_IN_S = 10


async def events(world: World) -> dict[str, list[Any]]:
    """By request."""
    found = defaultdict(list)
    async with world.database.connection() as conn:
        for event in await conn.fetch("SELECT * FROM identity.audit_events ORDER BY number"):
            found[event["request_id"]].append(event)
    return found


async def test_every_successful_write_of_every_api_is_recorded(world: World) -> None:
    """All that two tenants were furnished with, then what each route changes and deletes of it."""
    for method, said in (("PUT", {"name": "other"}), ("PATCH", {"name": "other"}), ("DELETE", {})):
        for place in sorted(places(), key=lambda place: place.path.rpartition("/")[0].endswith(DELETED_LAST)):
            if place.method == method and all(name in world.red.ids for name, _ in place.variables):
                await world.ask(
                    world.admin, method, fill(place, world.red.ids), body_of(place, **said) if said else None
                )
    assert {method for method, _ in (what.split(" ") for what, _ in world.written)} == {
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
    }
    assert {what.split("/")[1] for what, _ in world.written} == {
        "identity",
        "network",
        "load-balancer",
        "compute",
        "image",
    }
    assert len(world.written) > 100
    recorded = await events(world)
    for what, answer in world.written:
        of_request = recorded[answer.headers["x-openstack-request-id"]]
        assert len(of_request) == 1, (what, of_request)
        (event,) = of_request
        assert event["outcome"] == "success"
        assert event["request_path"] == what
        if what.startswith("POST") and answer.raw[:1] == b"{" and "/tags" not in what:
            assert event["target_id"] in answer.raw.decode(), (what, event["target_id"])


async def test_denial_by_any_api_is_recorded_and_changes_nothing_else(world: World) -> None:
    denied = []
    for place in places():
        if place.method in ("POST", "DELETE") and place.route.rule not in {rule for rule, _ in denied}:
            path = fill(place, world.red.ids)
            if place.method == "DELETE" and not path.startswith("/identity/v3/services"):
                continue
            answer = await world.ask(world.red, place.method, path, body_of(place, name="x"))
            if answer.status == 403:
                denied.append((place.route.rule, answer.headers["x-openstack-request-id"]))
    assert len({rule.partition(":")[0] for rule, _ in denied}) >= 3
    async with asyncio.timeout(READ_IN_S):
        while not {request_id for _, request_id in denied} <= (recorded := await events(world)).keys():
            await asyncio.sleep(0.05)
    for rule, request_id in denied:
        (event,) = recorded[request_id]
        assert (event["outcome"], event["status"], event["rule"]) == ("failure", 403, rule)
        assert event["initiator_id"] == world.red.user_id
