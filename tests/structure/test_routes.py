"""Default deny, held by the build: every route states a rule that exists, every rule guards something."""

import re
from pathlib import Path

import pytest

from deploy.apis import APIS, RULES
from deploy.policy_table import attributes_of, lines, table
from identity.policy import ANY_SCOPE, Policy, Rule
from runtime.web.routes import PUBLIC, Route

ROUTES = [
    (api, path, method, route) for api in APIS for path, verbs in api.routes.items() for method, route in verbs.items()
]
NAMES = [f"{method} {api.prefix}{path}" for api, path, method, _ in ROUTES]
RULE_NAMES = [rule.name for rule in RULES]
ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("policy.csv")
SOURCES = "\n".join(
    path.read_text() for floor in ("identity", "northbound", "compute") for path in (ROOT / floor).rglob("*.py")
)


@pytest.mark.parametrize("route", [route for *_, route in ROUTES], ids=NAMES)
def test_route_states_a_rule_that_exists(route: Route) -> None:
    assert route.rule == PUBLIC or route.rule in RULE_NAMES


def test_restricted_attributes_name_rules_that_exist() -> None:
    for name, (*_, route) in zip(NAMES, ROUTES, strict=True):
        for attribute, rule in attributes_of(route.body):
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
    sign_in = "/identity/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/auth"
    assert public == versions | {
        "POST /identity/v3/auth/tokens",
        "POST /identity/v3/users/{user_id}/password",
        "GET /identity/.well-known/jwks.json",
        f"GET {sign_in}",
        f"POST {sign_in}",
    }


@pytest.mark.parametrize("name", RULE_NAMES)
def test_threat_P2_rule_guards_a_route(name: str) -> None:
    """Stated by a route, by an attribute of its body, or asked on the way by a handler whose source names it."""
    met = [line for line in lines(APIS, RULES) if line.rule == name]
    assert met, f"no route ever asks {name}: let one state it, or say `asked_with`"
    if all(line.asked_for == "asked on the way" for line in met):
        pattern = re.escape(name).replace("trustor", "(trustor|{party})").replace("trustee", "(trustee|{party})")
        assert len(re.findall(f'"{pattern}"', SOURCES)) > 1, f"no handler asks {name}"


@pytest.mark.parametrize("rule", RULES, ids=RULE_NAMES)
def test_rule_takes_scopes_that_exist(rule: Rule) -> None:
    assert rule.scope_types
    assert set(rule.scope_types) <= set(ANY_SCOPE)


def test_threat_P2_table_of_who_may_do_what_is_as_reviewed() -> None:
    """A route or rule that is new, or gives more or less than before, shows in this file's diff.

    `python -m deploy policy table > tests/structure/policy.csv` writes it anew.
    """
    wanted, found = GOLDEN.read_text().splitlines(), table(APIS, Policy(RULES)).splitlines()
    assert found == wanted, "write tests/structure/policy.csv anew, and have its diff reviewed"
