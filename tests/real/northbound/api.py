"""The network and load-balancer APIs in front of real PostgreSQL and real OVN, asked over HTTP by callers known by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestClient

from northbound import operating
from northbound.application import API, RULES
from northbound.assembly import services
from northbound.balancing import application as balancing
from northbound.translation.service import Translation, TranslationSettings
from runtime.database import Database, DatabaseSettings
from runtime.web.faults import plain_envelope
from runtime.web.routes import Api
from southbound.ovsdb.session import SessionSettings
from tests.applications import serving
from tests.daemons.ovn import Ovn
from tests.real.northbound.translation.cloud import running, until_leading

OPERATING = Api("meridian", "/meridian/v1", operating.ROUTES, plain_envelope)
MEMORY = {
    *("free_addresses", "dirty", "drift", "changes", "quarantine", "leadership", "chassis", "dns_safety"),
    *("agents", "agents_target", "gateway_hosts"),
}
"""Tables that remember how far something got, not what anybody asked for."""


@dataclass
class Answer:
    status: int
    body: Any
    request_id: str = ""

    @property
    def error(self) -> dict[str, str]:
        """Type and message of a refusal."""
        return self.body["NeutronError"]

    @property
    def fault(self) -> str:
        """What the load-balancer API says to a refusal."""
        return self.body["faultstring"]


class NetworkApi:
    """`ask` says any request; `make` creates a resource and expects it to work."""

    def __init__(self, client: TestClient, database: Database, ovn: Ovn, translation: Translation) -> None:
        self.database = database
        self.ovn = ovn
        self.translation = translation
        self._client = client

    async def ask(
        self, method: str, path: str, body: Any = None, *, who: str = "alice", api: str = "network", **headers: str
    ) -> Answer:
        """`headers` have underscores for dashes."""
        said = {name.replace("_", "-"): text for name, text in headers.items()}
        async with self._client.request(
            method, f"/{api}{path}", json=body, headers={"X-Auth-Token": who, **said}
        ) as response:
            content = await response.json() if response.content_type == "application/json" else None
            return Answer(response.status, content, response.headers["x-openstack-request-id"])

    async def make(self, noun: str, *, who: str = "alice", **attributes: Any) -> dict[str, Any]:
        answer = await self.ask("POST", collection(noun), {noun: attributes}, who=who)
        assert answer.status == 201, answer.body
        return answer.body[noun]

    async def show(self, noun: str, resource_id: str, *, who: str = "alice") -> dict[str, Any]:
        answer = await self.ask("GET", f"{collection(noun)}/{resource_id}", who=who)
        assert answer.status == 200, answer.body
        return answer.body[noun]

    async def change(self, noun: str, resource_id: str, *, who: str = "alice", **attributes: Any) -> dict[str, Any]:
        answer = await self.ask("PUT", f"{collection(noun)}/{resource_id}", {noun: attributes}, who=who)
        assert answer.status == 200, answer.body
        return answer.body[noun]

    async def find(self, path: str, *, who: str = "alice") -> list[dict[str, Any]]:
        answer = await self.ask("GET", f"/v2.0/{path}", who=who)
        assert answer.status == 200, answer.body
        return answer.body[path.partition("?")[0].replace("-", "_")]

    async def remove(self, noun: str, resource_id: str, *, who: str = "alice") -> None:
        answer = await self.ask("DELETE", f"{collection(noun)}/{resource_id}", who=who)
        assert answer.status == 204, answer.body

    async def dump(self) -> dict[str, list[tuple]]:
        """Every row of the network API's tables, so that a refused request can be proved to have left no trace.

        Without `status`, which OVN decides whenever it likes.
        """
        async with self.database.transaction() as conn:
            tables = await conn.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'northbound'")
            return {
                name: sorted(map(repr, await conn.fetch(f"SELECT to_jsonb(t) - 'status' FROM northbound.{name} t")))
                for name in sorted({table["name"] for table in tables} - MEMORY)
            }


def collection(noun: str) -> str:
    return f"/v2.0/{noun.replace('_', '-').removesuffix('y')}{'ies' if noun.endswith('y') else 's'}"


@asynccontextmanager
async def network_api(
    settings: DatabaseSettings, ovn: Ovn, *, leads: bool = True, **said: Any
) -> AsyncIterator[NetworkApi]:
    """A control process. `leads` False: another one does already. `said` are more of TranslationSettings."""
    database = await Database.open(settings)
    translation = Translation(
        database,
        settings,
        TranslationSettings(SessionSettings(ovn.northbound.remote), SessionSettings(ovn.southbound.remote), **said),
        holder="test",
    )
    try:
        async with running(translation):
            if leads:
                await until_leading(translation)
            rules = [*RULES, *balancing.RULES, *operating.RULES]
            apis = [API, balancing.API, OPERATING]
            async with serving(settings, apis, rules, services(database, translation)) as client:
                yield NetworkApi(client, database, ovn, translation)
    finally:
        await database.close()
