"""Attributes that only administrators set: their presence is refused to a tenant, whatever the value."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from deploy.apis import RULES
from deploy.policy_table import OWN, persona
from identity.policy import Policy
from runtime.attributes import restrictions_of
from tests.real.authorization.test_foreign import BULK, everything
from tests.real.authorization.world import Place, World, body_of, fill, places

MEMBER = persona("project", "member")
POLICY = Policy(RULES)
SEGMENTS = [{"provider:network_type": "vlan", "provider:physical_network": "x", "provider:segmentation_id": 5}]
VALUES = (
    None,
    False,
    True,
    "",
    0,
    5,
    [],
    {},
    "x",
    "vlan",
    "10.0.0.9",
    "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    SEGMENTS,
)


def barred() -> Iterator[tuple[Place, str]]:
    """(route, attribute of the resource in its body) that a member may not set on what is their own."""
    for place in places():
        shape = place.route.body
        if place.method not in ("POST", "PUT", "PATCH") or not isinstance(shape, type):
            continue
        (first, *_) = msgspec.structs.fields(shape) if issubclass(shape, msgspec.Struct) else (None,)
        for noun in (first.type, *get_args(first.type)) if first else ():
            if isinstance(noun, type) and issubclass(noun, msgspec.Struct):
                for attribute, rule in restrictions_of(noun):
                    if not POLICY.allows(rule, MEMBER, OWN) and POLICY.allows(place.route.rule, MEMBER, OWN):
                        yield place, attribute


async def test_threat_P8_admin_attribute_is_refused_by_its_presence(world: World) -> None:
    """With null, a default, nonsense, and the very value that it has."""
    outside = (await world.must(world.red, "GET", "/network/v2.0/networks?router:external=true"))["networks"][0]["id"]
    before, asked, only_by_value = await everything(world), set(), []
    for place, attribute in barred():
        collection = place.path.rpartition("/")[2] if place.method == "POST" else place.variables[-1][0]
        _, _, said = BULK.get(collection, ("", "", {}))
        own = {name: {**world.red.ids, "outside": outside}.get(str(value), value) for name, value in said.items()}
        path = fill(place, world.red.ids)
        present = [await _present(world, path, attribute)] if place.method != "POST" else []
        statuses = []
        for value in (*present, *VALUES):
            body = body_of(place, **(own if place.method == "POST" else {}), **{attribute: value})
            answer = await world.ask(world.red, place.method, path, body)
            assert answer.status in (400, 403), (place.name, attribute, value, answer)
            statuses.append(answer.status)
        asked.add((place.name, attribute))
        if 403 not in statuses:
            only_by_value.append((place.name, attribute))
    assert await everything(world) == before
    assert not only_by_value, "refused for each value that was tried, so that nothing is shown"
    assert len(asked) > 30


async def _present(world: World, path: str, attribute: str) -> Any:
    """The value that an administrator sees."""
    shown = (await world.ask(world.admin, "GET", path)).body
    return next(iter(shown.values())).get(attribute)
