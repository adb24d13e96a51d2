"""Who may do what: one engine, every rule named, default deny.

A slice lists its rules in its `policy.py` (`RULES`); `Policy` holds all of them and refuses to start when a route
names an unknown one. Operators override checks in a `policy.yaml` (oslo.policy's language). A handler calls
`authorize(request, target)` with a target made of database rows, never of what the client sent; an operand that is
missing on either side makes a check false.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from aiohttp import web
from oslo_config import cfg
from oslo_policy import policy as oslo

from identity.callers import Caller
from identity.checks import plain
from runtime.attributes import restrictions
from runtime.errors import Forbidden

ADMIN = "role:admin"
SERVICE = "role:service or role:admin"
MEMBER = "role:admin or (role:member and project_id:%(project_id)s)"
READER = "role:admin or (role:reader and project_id:%(project_id)s)"
SIGNED_IN = "@"


class Rule(NamedTuple):
    """`name` is `<api>:<verb>_<noun>`; `check` is oslo.policy's language; `description` is for operators."""

    name: str
    check: str
    description: str


class Policy:
    """Decides. Rules in `override` (a policy.yaml) replace the defaults of the same name."""

    def __init__(self, rules: Iterable[Rule], override: Path | None = None) -> None:
        conf = cfg.ConfigOpts()
        conf([], project="meridian", default_config_files=[], default_config_dirs=[])
        self._enforcer = oslo.Enforcer(conf, policy_file=str(override) if override else None)
        self._enforcer.suppress_default_change_warnings = True
        self.rules = {rule.name: rule for rule in rules}
        for rule in self.rules.values():
            self._enforcer.register_default(oslo.RuleDefault(rule.name, rule.check, rule.description))
        self._enforcer.load_rules()
        self._decisions = {name: plain(self._enforcer.rules[name], self._enforcer) for name in self.rules}

    def allows(self, rule: str, caller: Caller, target: Mapping[str, Any]) -> bool:
        """Whether `caller` passes `rule` on `target`, whose values come from rows. Unknown rules deny."""
        decide = self._decisions.get(rule)
        if decide is None:
            return False
        present = {key: value for key, value in target.items() if value is not None}
        return decide(present, _credentials(caller))


def _credentials(caller: Caller) -> dict[str, Any]:
    known = {
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "project_domain_id": caller.project_domain_id,
        "domain_id": caller.domain_id,
        "system_scope": "all" if caller.system else None,
        "roles": [role.lower() for role in caller.roles],
    }
    return {key: value for key, value in known.items() if value is not None}


POLICY = web.AppKey("policy", Policy)


def authorize(request: web.Request, target: Mapping[str, Any], *, rule: str | None = None) -> None:
    """Passes when the route's rule (or `rule`) allows the caller to act on `target`.

    Raises Forbidden. Call it after the row was found visible: what the caller may not see is NotFound already.
    """
    name = rule or request["route"].rule
    if not request.app[POLICY].allows(name, request["caller"], target):
        raise Forbidden(f"Policy does not allow {name} to be performed.")
    request["authorized"] = True


def authorize_attributes(request: web.Request, body: msgspec.Struct, target: Mapping[str, Any]) -> None:
    """Passes when the caller may set every attribute that the body carries (see `attributes.restricted`)."""
    for attribute, rule in restrictions(body):
        if not request.app[POLICY].allows(rule, request["caller"], target):
            raise Forbidden(f"Policy does not allow setting '{attribute}' ({rule}).")


def allowed(request: web.Request, rule: str, target: Mapping[str, Any]) -> bool:
    """Whether the caller passes `rule`, for what is shown rather than done; does not count as asking for the route."""
    return request.app[POLICY].allows(rule, request["caller"], target)
