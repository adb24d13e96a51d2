"""Whatever a tenant can make grow has a bound: lists and maps of bodies, and what is counted."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from northbound.application import API
from northbound.balancing import application as balancing
from northbound.quotas.store import EVERY_DEFAULT
from runtime.attributes import Body, Scalar

BODIES = sorted(
    {
        route.body
        for api in (API, balancing.API)
        for verbs in api.routes.values()
        for route in verbs.values()
        if route.body
    },
    key=lambda body: (body.__module__, body.__name__),
)


def growing(schema: dict[str, Any], path: str) -> Iterator[str]:
    """Where a JSON schema leaves open how many there may be."""
    if schema.get("type") == "array" and "maxItems" not in schema:
        yield path
    if schema.get("type") == "object" and "properties" not in schema and "maxProperties" not in schema:
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from growing(part, f"{path}.{name}")
    for part in (*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from growing(part, path)


def of_text(kind: type) -> dict[str, Any]:
    assert issubclass(kind, Scalar)
    return {"type": "string"}


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.__module__}.{body.__name__}")
def test_lists_and_maps_of_a_body_are_bounded(body: type[Body]) -> None:
    _, components = msgspec.json.schema_components([body], schema_hook=of_text)
    bulk = [field.name for field in msgspec.structs.fields(body)]  # bounded by envelope.drafts: one, or several at once
    open_ended = [path for name, schema in components.items() for path in growing(schema, name)]
    assert [path for path in open_ended if path not in {f"{body.__name__}.{name}" for name in bulk[1:]}] == []


def test_nothing_that_is_counted_is_unlimited_by_default() -> None:
    assert [resource for resource, limit in EVERY_DEFAULT.items() if limit < 0] == []
