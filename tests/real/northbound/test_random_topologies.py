"""Whatever the API accepts makes a sound plan, which OVN takes from every side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from northbound.application import API, RULES
from northbound.assembly import services
from northbound.translation.check import violations
from northbound.translation.desired import KINDS, all_owners, in_order, read_desired
from northbound.translation.service import Translation, TranslationSettings
from runtime.database import Database, DatabaseSettings
from southbound.ovsdb.rows import Row
from southbound.ovsdb.session import SessionSettings
from tests.applications import serving
from tests.daemons.ovn import Ovn
from tests.real.northbound.api import Answer, NetworkApi, collection
from tests.real.northbound.harness import open_session, settles
from tests.real.northbound.programs import NOUNS, PROGRAMS, Request

pytestmark = pytest.mark.real
LASTING = ("leadership", "chassis")


@asynccontextmanager
async def an_api(database_settings: DatabaseSettings, ovn: Ovn) -> AsyncIterator[NetworkApi]:
    """The API alone: nothing translates, and nobody waits for that."""
    database = await Database.open(database_settings)
    sessions = SessionSettings(ovn.northbound.remote), SessionSettings(ovn.southbound.remote)
    settled = TranslationSettings(*sessions, settle_timeout_s=0)
    translation = Translation(database, database_settings, settled, holder="nobody")
    async with serving(database_settings, [API], RULES, services(database, translation)) as client:
        yield NetworkApi(client, database, ovn, translation)
    await database.close()


async def make_it(api: NetworkApi, program: list[Request]) -> None:
    """Asks for everything in order; what is refused is refused with a 4xx."""
    made: dict[str, list[str]] = {noun: [] for noun in NOUNS}
    for request in program:
        answer = await ask(api, request, made)
        assert answer is None or answer.status < 500, (request, answer.body)
        if answer is not None and request.verb == "make" and answer.status == 201:
            made[request.noun].append(answer.body[request.noun]["id"])


async def ask(api: NetworkApi, request: Request, made: dict[str, list[str]]) -> Answer | None:
    """The answer; None when the request names something of a kind of which there is nothing."""
    body: dict[str, Any] = dict(request.said)
    for attribute, (noun, number, is_list) in request.refers.items():
        if not made[noun]:
            return None
        found = made[noun][number % len(made[noun])]
        body[attribute] = [found] if is_list else found
    if request.verb == "make":
        return await api.ask("POST", collection(request.noun), {request.noun: body}, who="admin")
    if not made[request.noun]:
        return None
    path = f"{collection(request.noun)}/{made[request.noun][request.number % len(made[request.noun])]}"
    match request.verb:
        case "attach":
            return await api.ask("PUT", f"{path}/add_router_interface", body, who="admin")
        case "detach":
            return await api.ask("PUT", f"{path}/remove_router_interface", body, who="admin")
        case "lead_out":
            return await api.ask("PUT", path, {"router": {"external_gateway_info": body}}, who="admin")
        case "change":
            return await api.ask("PUT", path, {request.noun: body}, who="admin")
        case _:
            return await api.ask("DELETE", path, who="admin")


async def the_plan(api: NetworkApi) -> dict[str, list[Row]]:
    async with api.database.snapshot() as conn:
        owners = [owner async for page in all_owners(conn, KINDS) for owner in page]
        desired = await read_desired(conn, in_order(owners, KINDS), KINDS)
    assert not desired.unplanned
    return {owner: list(rows) for owner, rows in desired.rows.items() if rows}


async def forget_everything(api: NetworkApi) -> None:
    async with api.database.transaction() as conn:
        tables = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'northbound'")
        names = ", ".join(f"northbound.{name}" for (name,) in tables if name not in LASTING)
        await conn.execute(f"TRUNCATE {names} CASCADE")


@settings(max_examples=8, suppress_health_check=[*HealthCheck], derandomize=True, phases=[Phase.generate])
@given(program=PROGRAMS)
async def test_threat_n13_whatever_is_accepted_is_planned_soundly_and_settles(
    database_settings: DatabaseSettings, ovn: Ovn, program: list[Request]
) -> None:
    """Names hold what OVN's languages are made of; they reach no match and no command (threats N4, N13)."""
    async with an_api(database_settings, ovn) as api:
        await forget_everything(api)
        await make_it(api, program)
        wanted = await the_plan(api)
        async with open_session(ovn) as session:
            assert violations(wanted, session.replica) == {}
        await settles(ovn, wanted)
        matches = [row.columns["match"] for rows in wanted.values() for row in rows if "match" in row.columns]
        assert not [match for match in matches if any(word in match for word in ("$as", "@pg ||", "}", '"', "ü"))]
