"""Default deny, held by the build: every route states a rule that exists, every rule guards something."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from deploy.apis import APIS, RULES
from runtime.attributes import restrictions_of
from runtime.web.routes import PUBLIC, Route

ROUTES = [
    (api, path, method, route) for api in APIS for path, verbs in api.routes.items() for method, route in verbs.items()
]
NAMES = [f"{method} {api.prefix}{path}" for api, path, method, _ in ROUTES]
RULE_NAMES = [rule.name for rule in RULES]


@pytest.mark.parametrize("route", [route for *_, route in ROUTES], ids=NAMES)
def test_route_states_a_rule_that_exists(route: Route) -> None:
    assert route.rule == PUBLIC or route.rule in RULE_NAMES


def structs_inside(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    """Every body struct that an annotation holds, envelopes and lists included."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in msgspec.structs.fields(annotation):
            yield from structs_inside(field.type)
    for part in get_args(annotation):
        yield from structs_inside(part)


def test_restricted_attributes_name_rules_that_exist() -> None:
    for name, (*_, route) in zip(NAMES, ROUTES, strict=True):
        for shape in structs_inside(route.body):
            for attribute, rule in restrictions_of(shape):
                assert rule in RULE_NAMES, f"{name}: {attribute} needs {rule}"


def test_rule_is_named_once_and_described() -> None:
    assert len(RULE_NAMES) == len(set(RULE_NAMES))
    assert all(rule.description for rule in RULES)


def test_public_routes_are_these_alone() -> None:
    """A route that answers without a token is a decision; this list is where it is taken."""
    public = {name for name, (*_, route) in zip(NAMES, ROUTES, strict=True) if route.rule == PUBLIC}
    versions = {
        *("GET /identity", "GET /identity/", "GET /identity/v3", "GET /identity/v3/"),
        *("GET /network", "GET /network/"),
        *(f"GET /load-balancer{path}" for path in ("", "/", "/v2", "/v2/", "/v2.0", "/v2.0/")),
        *("GET /compute", "GET /compute/", "GET /compute/v2.1", "GET /compute/v2.1/"),
        *("GET /image", "GET /image/", "GET /image/versions"),
    }
    assert public == versions | {"POST /identity/v3/auth/tokens", "GET /identity/.well-known/jwks.json"}
