"""An application under test: real handlers and a real database, with callers known by name instead of tokens."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from identity.audit.acts import Recorder, begin
from identity.callers import Caller
from identity.policy import POLICY, Policy, Rule
from runtime.database import Database, DatabaseSettings
from runtime.errors import Unauthorized
from runtime.metrics import HttpMetrics
from runtime.web.application import build
from runtime.web.keys import DATABASE
from runtime.web.routes import Api


def a_caller(name: str, project: str | None = None, *roles: str) -> Caller:
    """A caller `name` of `project` with roles, implied ones included as the token verifier would.

    Without a project, one whose token is for the Default domain.
    """
    held = set(roles or ("member",))
    for role, implied in (("admin", "manager"), ("manager", "member"), ("member", "reader")):
        if role in held:
            held.add(implied)
    scope = {"project_id": project, "project_domain_id": "default"} if project else {"domain_id": "default"}
    return Caller(f"{name}-id", name, "default", frozenset(held), **scope)


CALLERS = {
    "admin": a_caller("admin", "admin-project", "admin"),
    "alice": a_caller("alice", "red"),
    "bob": a_caller("bob", "blue"),
    "reader": a_caller("reader", "red", "reader"),
    "nobody": a_caller("nobody", "grey", "teacher"),
    "auditor": a_caller("auditor", None, "reader"),
    "agent": a_caller("agent-host1", "service", "service"),
}


@asynccontextmanager
async def serving(
    settings: DatabaseSettings, apis: Iterable[Api], rules: Iterable[Rule], services: Mapping[Any, Any]
) -> AsyncIterator[TestClient]:
    """A client of the APIs; the header `X-Auth-Token` holds a name of CALLERS. `services` are put in the app."""
    database = await Database.open(settings)
    database.witness = Recorder()
    application = build(list(apis), _authenticate, HttpMetrics(CollectorRegistry()))
    application[DATABASE] = database
    application[POLICY] = Policy(rules)
    for key, service in services.items():
        application[key] = service
    try:
        async with TestClient(TestServer(application), auto_decompress=False) as client:
            yield client
    finally:
        await database.close()


async def _authenticate(request: web.Request) -> Caller:
    begin(request)
    try:
        return CALLERS[request.headers.get("X-Auth-Token", "")]
    except KeyError:
        raise Unauthorized("The request you have made requires authentication.") from None
