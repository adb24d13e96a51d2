"""Routes of implied roles: `/v3/roles/{prior}/implies/{implied}`, and the list of all of them.

A token carries the roles that were assigned, and each process looks up what they imply when the token is used: a rule
that ends takes its rights along without a revocation.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.links import api_address, linked
from identity.policy import authorize
from identity.revocations.store import change_rights
from identity.roles import store
from runtime.database import Connection
from runtime.errors import Forbidden
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE

NEVER_IMPLIED = "admin"


async def list_all_inferences(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        rows = await store.select_inferences(connection)
    implied: dict[str, list[store.Row]] = {}
    for row in rows:
        implied.setdefault(row["prior_id"], []).append(row)
    shown = [
        {"prior_role": _named(request, of_one[0], "prior"), "implies": _implied(request, of_one)}
        for of_one in implied.values()
    ]
    return reply({"role_inferences": shown, "links": {"self": f"{api_address(request)}/v3/role_inferences"}})


async def list_inferences(request: web.Request) -> web.Response:
    """What a role implies directly."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        prior = await store.fetch_role(connection, request.match_info["prior_role_id"])
        rows = await store.select_inferences(connection, prior["id"])
    shown = {"prior_role": _role(request, prior), "implies": _implied(request, rows)}
    return _reply(request, shown, f"{prior['id']}/implies")


async def create_inference(request: web.Request) -> web.Response:
    """Idempotent. Nothing implies the administrator's role, and a role of all domains implies none of a single one."""
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        prior, implied = await _roles(request, connection)
        if implied["name"] == NEVER_IMPLIED and implied["domain_id"] is None:
            raise Forbidden(f"{implied['id']} cannot be an implied role.")
        if prior["domain_id"] is None and implied["domain_id"] is not None:
            raise Forbidden(f"The role {prior['id']} is known in every domain and cannot imply one of a single domain.")
        await store.imply_role(connection, prior["id"], implied["id"])
    await request.app[IDENTITY].feed.publish()
    return _reply_one(request, prior, implied, status=201)


async def show_inference(request: web.Request) -> web.Response:
    """HEAD answers 204, as Keystone does."""
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        prior, implied = await _roles(request, connection)
        rows = await store.select_inferences(connection, prior["id"])
    if implied["id"] not in {row["implied_id"] for row in rows}:
        raise store.InferenceNotFound(prior["id"], implied["id"])
    return no_content() if request.method == "HEAD" else _reply_one(request, prior, implied)


async def delete_inference(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        prior, implied = await _roles(request, connection)
        await store.stop_implying(connection, prior["id"], implied["id"])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _roles(request: web.Request, connection: Connection) -> tuple[store.Row, store.Row]:
    """(prior, implied) of the path, both proved to exist."""
    prior = await store.fetch_role(connection, request.match_info["prior_role_id"])
    return prior, await store.fetch_role(connection, request.match_info["implied_role_id"])


def _role(request: web.Request, row: store.Row) -> dict[str, Any]:
    return linked(request, "roles", {"id": row["id"], "name": row["name"]})


def _named(request: web.Request, row: store.Row, side: str) -> dict[str, Any]:
    return linked(request, "roles", {"id": row[f"{side}_id"], "name": row[f"{side}_name"]})


def _implied(request: web.Request, rows: Iterable[store.Row]) -> list[dict[str, Any]]:
    return [_named(request, row, "implied") for row in rows]


def _reply_one(request: web.Request, prior: store.Row, implied: store.Row, status: int = 200) -> web.Response:
    shown = {"prior_role": _role(request, prior), "implies": _role(request, implied)}
    return _reply(request, shown, f"{prior['id']}/implies/{implied['id']}", status)


def _reply(request: web.Request, shown: Any, path: str, status: int = 200) -> web.Response:
    links = {"self": f"{api_address(request)}/v3/roles/{path}"}
    return reply({"role_inference": shown, "links": links}, status)
