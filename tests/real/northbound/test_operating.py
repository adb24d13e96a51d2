"""`/meridian/v1`: what operators and tenants may ask about the translation."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient

from northbound.operating import ROUTES, RULES
from northbound.translation import drift
from northbound.translation.drift import Drift
from runtime.database import Database, DatabaseSettings
from runtime.web.faults import plain_envelope
from runtime.web.routes import Api
from tests.applications import serving

pytestmark = pytest.mark.real
API = Api("meridian", "/meridian/v1", ROUTES, plain_envelope)
PORTS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(5)]


@pytest.fixture
async def client(database_settings: DatabaseSettings) -> AsyncIterator[TestClient]:
    async with serving(database_settings, [API], RULES, {}) as served:
        yield served


async def get(client: TestClient, path: str, who: str = "admin") -> tuple[int, dict]:
    async with client.get(f"/meridian/v1{path}", headers={"X-Auth-Token": who}) as response:
        return response.status, await response.json()


async def test_drift_is_read_page_by_page_newest_first(client: TestClient, database: Database) -> None:
    records = [Drift(f"port/{port}", "Logical_Switch_Port", port, {"name": "x"}, {"name": port}) for port in PORTS]
    async with database.transaction() as conn:
        await drift.record(conn, records)
    status, first = await get(client, "/drift?limit=2")
    assert (status, [record["row_uuid"] for record in first["drift"]]) == (200, [PORTS[4], PORTS[3]])
    assert first["drift"][0]["found"] == {"name": "x"}
    assert first["drift"][0]["repaired"] == {"name": PORTS[4]}
    _, second = await get(client, f"/drift?before={first['drift'][-1]['number']}")
    assert [record["row_uuid"] for record in second["drift"]] == [PORTS[2], PORTS[1], PORTS[0]]
    _, of_one = await get(client, f"/drift?owner=port/{PORTS[1]}")
    assert [record["row_uuid"] for record in of_one["drift"]] == [PORTS[1]]


async def test_quarantine_says_who_and_why(client: TestClient, database: Database) -> None:
    async with database.transaction() as conn:
        await conn.execute("INSERT INTO northbound.quarantine VALUES ('port', $1, 'name-unique: taken')", PORTS[0])
    _, body = await get(client, "/quarantine")
    ((owner, reason),) = [(one["owner"], one["reason"]) for one in body["quarantine"]]
    assert (owner, reason) == (f"port/{PORTS[0]}", "name-unique: taken")


@pytest.mark.parametrize("path", ["/drift", "/quarantine"])
@pytest.mark.parametrize("who", ["alice", "reader", "agent"])
async def test_only_administrators_see_what_happens_in_ovn(client: TestClient, path: str, who: str) -> None:
    assert (await get(client, path, who))[0] == 403


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "before=1e3", "before=99999999999999999999"])
async def test_bad_words_are_refused_by_name(client: TestClient, query: str) -> None:
    status, body = await get(client, f"/drift?{query}")
    assert (status, query.partition("=")[0] in body["message"]) == (400, True)
