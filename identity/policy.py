"""Who may do what: one engine, every rule named, default deny.

A slice lists its rules in its `policy.py` (`RULES`); `Policy` holds all of them and refuses to start when a route
names an unknown one. Operators override checks in a `policy.yaml` (oslo.policy's language), which is looked at again
while a process runs. A handler calls `authorize(request, target)` with a target made of database rows, never of what
the client sent; an operand that is missing on either side makes a check false.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import structlog
from aiohttp import web

from identity.callers import Caller
from identity.checks import Decision, plain
from identity.overrides import parse, read_overrides
from runtime.attributes import restrictions
from runtime.errors import Forbidden
from runtime.settings import SettingsError

log = structlog.get_logger()
ADMIN = "role:admin"
SERVICE = "role:service or role:admin"
MANAGER = "role:admin or (role:manager and project_id:%(project_id)s)"
MEMBER = "role:admin or (role:member and project_id:%(project_id)s)"
READER = "role:admin or (role:reader and project_id:%(project_id)s)"
SIGNED_IN = "@"
SEES_ALL = "role:admin or (role:reader and system_scope:all)"
SEES_DOMAIN = f"{SEES_ALL} or (role:reader and domain_id:%(domain_id)s)"
MANAGES_DOMAIN = "role:admin or (role:manager and domain_id:%(domain_id)s)"
MANAGED = "True:%(managed)s"
"""Of a user or group: has no right anywhere that is above a manager's."""
ANY_SCOPE = ("project", "domain", "system", "unscoped")
SCOPES = {"identity": ANY_SCOPE}
"""The scopes of an API whose rules say none; of every other API: a project, as whatever it makes belongs to one."""


class Rule(NamedTuple):
    """`name` is `<api>:<verb>_<noun>`; `check` is oslo.policy's language; `description` is for operators.

    `scopes` are the kinds of tokens that may pass at all; () leaves it to the API (`SCOPES`). A rule that no route
    states is asked on the way by those that state the rules `asked_with`; of `network:get_port:binding` and
    `network:set_port:binding` the name says which.
    """

    name: str
    check: str
    description: str
    scopes: tuple[str, ...] = ()
    asked_with: tuple[str, ...] = ()

    @property
    def scope_types(self) -> tuple[str, ...]:
        return self.scopes or SCOPES.get(self.name.partition(":")[0], ("project",))


class Policy:
    """Decides. Rules in `override` (a policy.yaml) replace the defaults of the same name.

    Raises SettingsError for a file that cannot be used.
    """

    def __init__(self, rules: Iterable[Rule], override: Path | None = None) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self.override = override
        self.defaults = {rule.name: parse(rule.check) for rule in self.rules.values()}
        self.overridden: Mapping[str, Any] = {}
        self._decisions: dict[str, tuple[frozenset[str], Decision]] = {}
        self._seen = self._stamp()
        self._load()

    def _load(self) -> None:
        """Takes the rules of the file in force, all at once."""
        overridden = read_overrides(self.override, self.defaults) if self.override else {}
        checks = {**self.defaults, **overridden}
        decisions = {
            name: (frozenset(rule.scope_types), plain(checks[name], checks)) for name, rule in self.rules.items()
        }
        self.overridden, self._decisions = overridden, decisions

    @property
    def checks(self) -> Mapping[str, Any]:
        """The check trees in force, those that operators named for themselves among them."""
        return {**self.defaults, **self.overridden}

    def allows(self, rule: str, caller: Caller, target: Mapping[str, Any]) -> bool:
        """Whether `caller` passes `rule` on `target`, whose values come from rows. Unknown rules deny."""
        scopes, decide = self._decisions.get(rule, _NOBODY)
        if caller.scope not in scopes:
            return False
        present = {key: value for key, value in target.items() if value is not None}
        return decide(present, credentials_of(caller)) is True

    def refusal(self, rule: str, caller: Caller) -> str:
        """What to tell a caller who does not pass."""
        known = self.rules.get(rule)
        if known and caller.scope not in known.scope_types:
            wanted = ", ".join(known.scope_types)
            return f"Policy does not allow {rule} with this token: its scope is {caller.scope}, and it takes {wanted}."
        return f"Policy does not allow {rule} to be performed."

    async def follow(self, period_s: float = 1.0) -> None:
        """Takes a changed file in force without a restart, once it has stopped changing for a period.

        One that cannot be used is logged, once, and nothing changes.
        """
        last = self._seen
        while True:
            await asyncio.sleep(period_s)
            stamp = self._stamp()
            if stamp == last != self._seen:
                self._seen = stamp
                self._reload()
            last = stamp

    def _reload(self) -> None:
        try:
            self._load()
        except SettingsError as problem:
            log.error("policy file refused, the rules before it stay", problem=str(problem))
        else:
            log.info("policy file in force", path=str(self.override), overridden=len(self.overridden))

    def _stamp(self) -> tuple[int, int, int] | None:
        """What changes when the file does; None when there is none."""
        try:
            found = os.stat(self.override) if self.override else None
        except OSError:
            return None
        return found and (found.st_mtime_ns, found.st_size, found.st_ino)


_NOBODY: tuple[frozenset[str], Decision] = (frozenset(), lambda _target, _credentials: False)


def credentials_of(caller: Caller) -> dict[str, Any]:
    """What a check may compare: what the token said, and nothing that it did not say."""
    known = {
        "user_id": caller.user_id,
        "user_domain_id": caller.user_domain_id,
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
    name, policy, caller = rule or request["route"].rule, request.app[POLICY], request["caller"]
    if not policy.allows(name, caller, target):
        raise Forbidden(policy.refusal(name, caller))
    request["authorized"] = True


def authorize_attributes(request: web.Request, body: msgspec.Struct, target: Mapping[str, Any]) -> None:
    """Passes when the caller may set every attribute that the body carries (see `attributes.restricted`)."""
    for attribute, rule in restrictions(body):
        if not request.app[POLICY].allows(rule, request["caller"], target):
            raise Forbidden(f"Policy does not allow setting '{attribute}' ({rule}).")


def allowed(request: web.Request, rule: str, target: Mapping[str, Any]) -> bool:
    """Whether the caller passes `rule`, for what is shown rather than done; does not count as asking for the route."""
    return request.app[POLICY].allows(rule, request["caller"], target)
