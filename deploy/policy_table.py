"""Who may do what, of every route: one line for each rule that a request meets, one column for each kind of caller.

A cell says on what a caller passes: `any`, `own` (what belongs to their project, domain or themselves), `-`. It is
computed from the rules in force, so that a review sees what a change of a rule gives or takes.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, get_args

import msgspec

from identity.callers import Caller
from identity.policy import Policy, Rule
from runtime.attributes import restrictions_of
from runtime.web.routes import PUBLIC, Api

ME, HOME = "me", "home"
"""The caller's user, project and domain in the table; `role_name` is a role that managers may give."""
OWN = {
    **dict.fromkeys(("user_id", "trustor_user_id", "trustee_user_id"), ME),
    **dict.fromkeys(("project_id", "network_project_id", "domain_id", "user_domain_id", "project_domain_id"), HOME),
    **dict.fromkeys(("actor_domain_id", "group_domain_id"), HOME),
    "for_everyone": False,
    "managed": True,
    "role_name": "member",
}
FOREIGN = dict.fromkeys(OWN, "another") | {"for_everyone": True, "managed": False, "role_name": "admin"}
IMPLIED = {"admin": "manager", "manager": "member", "member": "reader"}


class Line(NamedTuple):
    """A rule that a route meets. `asked_for` is empty for the route's own rule, else an attribute or `shown`."""

    route: str
    rule: str
    asked_for: str = ""


def with_implied(*roles: str) -> frozenset[str]:
    """The roles and those that they imply when a cloud is new."""
    held = set(roles)
    for role, implied in IMPLIED.items():
        if role in held:
            held.add(implied)
    return frozenset(held)


def persona(scope: str, *roles: str) -> Caller:
    scopes: Mapping[str, dict[str, Any]] = {
        "project": {"project_id": HOME, "project_domain_id": HOME},
        "domain": {"domain_id": HOME},
        "system": {"system": True},
        "unscoped": {},
    }
    return Caller(ME, ME, HOME, with_implied(*roles), **scopes[scope])


PERSONAS = {
    **{f"project {role}": persona("project", role) for role in ("admin", "manager", "member", "reader", "service")},
    **{f"domain {role}": persona("domain", role) for role in ("admin", "manager", "member", "reader")},
    **{f"system {role}": persona("system", role) for role in ("admin", "member", "reader")},
    "unscoped": persona("unscoped"),
}


def carriers(rule: Rule, names: Sequence[str]) -> list[str]:
    """The rules with whose routes a rule is asked that no route states: it says so, or its name does."""
    api, _, rest = rule.name.partition(":")
    base, _, detail = rest.partition(":")
    patterns = rule.asked_with
    if not patterns and detail and base.startswith("set_"):
        noun = base.removeprefix("set_")
        patterns = (f"{api}:create_{noun}", f"{api}:update_{noun}")
    elif not patterns and detail:
        patterns = (f"{api}:{base}",)
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def lines(apis: Sequence[Api], rules: Sequence[Rule]) -> list[Line]:
    """Every rule that a request can meet, by route; public routes have none but are shown."""
    found: list[Line] = []
    on_the_way = _on_the_way(apis, rules)
    for api in apis:
        for path, methods in api.routes.items():
            for method, route in methods.items():
                name = f"{method} {api.prefix}{path}"
                found.append(Line(name, route.rule))
                found += [Line(name, rule, attribute) for attribute, rule in attributes_of(route.body)]
                found += [Line(name, rule, "asked on the way") for rule in on_the_way.get(route.rule, ())]
    return sorted(dict.fromkeys(found))


def _on_the_way(apis: Sequence[Api], rules: Sequence[Rule]) -> dict[str, list[str]]:
    """The rules that are asked on the way, by the rule of the route."""
    routes = [route for api in apis for methods in api.routes.values() for route in methods.values()]
    stated = sorted({route.rule for route in routes})
    attributes = {rule for route in routes for _, rule in attributes_of(route.body)}
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.name not in stated and rule.name not in attributes:
            for carrier in carriers(rule, stated):
                found.setdefault(carrier, []).append(rule.name)
    return found


def attributes_of(annotation: Any) -> list[tuple[str, str]]:
    """(attribute, rule) of every restricted attribute inside a body, envelopes and lists included."""
    return list(dict.fromkeys(found for shape in structs_inside(annotation) for found in restrictions_of(shape)))


def structs_inside(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in msgspec.structs.fields(annotation):
            yield from structs_inside(field.type)
    for part in get_args(annotation):
        yield from structs_inside(part)


def cell(policy: Policy, rule: str, caller: Caller) -> str:
    if rule == PUBLIC or policy.allows(rule, caller, FOREIGN):
        return "any"
    return "own" if policy.allows(rule, caller, OWN) else "-"


def table(apis: Sequence[Api], policy: Policy) -> str:
    """The table as CSV, ordered by route."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["route", "asked for", "rule", *PERSONAS])
    for line in lines(apis, list(policy.rules.values())):
        cells = [cell(policy, line.rule, caller) for caller in PERSONAS.values()]
        writer.writerow([line.route, line.asked_for, line.rule, *cells])
    return text.getvalue()
