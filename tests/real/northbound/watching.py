"""Audits after every step of a story, and what the steps changed in PostgreSQL, column by column."""

import asyncio
from typing import Any

from northbound.audits.audit import audit
from northbound.audits.report import render
from northbound.translation.desired import KINDS
from tests.real.northbound.api import Answer, NetworkApi, collection
from tests.real.northbound.readers import Column

WATCH = """
CREATE SCHEMA watching;
CREATE TABLE watching.seen (owner text, event text, name text, PRIMARY KEY (owner, event, name));
CREATE FUNCTION watching.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO watching.seen SELECT TG_TABLE_NAME, TG_OP, coalesce(n.key, o.key)
    FROM jsonb_each(to_jsonb(NEW)) n FULL JOIN jsonb_each(to_jsonb(OLD)) o ON o.key = n.key
    WHERE n.value IS DISTINCT FROM o.value ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""


class Watched:
    """The network API, watched: `step` checks that OVN follows what was just asked for."""

    def __init__(self, api: NetworkApi) -> None:
        self.api = api
        self.failures: list[str] = []

    async def begin(self) -> None:
        async with self.api.database.transaction() as conn:
            await conn.execute(WATCH)
            tables = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'northbound'")
            for (table,) in tables:
                await conn.execute(
                    f"CREATE TRIGGER zz_watched AFTER INSERT OR UPDATE OR DELETE ON northbound.{table}"
                    " FOR EACH ROW EXECUTE FUNCTION watching.note()"
                )

    async def seen(self, event: str) -> set[Column]:
        """(table, column) of what was inserted, updated or deleted since the beginning."""
        async with self.api.database.connection() as conn:
            rows = await conn.fetch("SELECT owner, name FROM watching.seen WHERE event = $1", event)
        return {(row["owner"], row["name"]) for row in rows}

    async def ask(
        self, method: str, path: str, body: Any = None, *, who: str = "admin", api: str = "network"
    ) -> Answer:
        answer = await self.api.ask(method, path, body, who=who, api=api)
        if answer.status >= 300:
            self.failures.append(f"{method} {path} {body}: refused: {answer.body}")
        await self.check(f"{method} {path} {body}")
        return answer

    async def make(self, noun: str, **said: Any) -> dict[str, Any]:
        made = await self.api.make(noun, who="admin", **said)
        await self.check(f"make {noun} {said}")
        return made

    async def change(self, noun: str, of: dict[str, Any], **said: Any) -> None:
        await self.ask("PUT", f"{collection(noun)}/{of['id']}", {noun: said})

    async def remove(self, noun: str, of: dict[str, Any]) -> None:
        await self.ask("DELETE", f"{collection(noun)}/{of['id']}")

    async def chassis(self, *command: str, until: str) -> None:
        """Does something to the southbound database, and waits until `until` is true of ours."""
        await self.api.ovn.sbctl(*command)
        await self.wait_true(until)
        await self.check(f"ovn-sbctl {' '.join(command)}")

    async def wait_true(self, query: str) -> None:
        async with asyncio.timeout(20), self.api.database.connection() as conn:
            while not await conn.fetchval(f"SELECT {query}"):
                await asyncio.sleep(0.02)

    async def check(self, step: str) -> None:
        """Notes what an audit finds once no mark is left."""
        self.api.translation.wake()
        await self.wait_true("NOT EXISTS (SELECT FROM northbound.dirty)")
        async with self.api.translation.replica() as replica:
            found = await audit(self.api.database, replica, KINDS, lambda _done, _of: None)
            if found.differing:
                self.failures.append("\n".join([step, *render(found, replica)]))
                await self._repair(found.differing)

    async def _repair(self, owners: list[str]) -> None:
        """So that the next step is judged alone."""
        async with self.api.database.transaction() as conn:
            for owner in owners:
                kind, _, owner_id = owner.partition("/")
                await conn.execute(
                    "INSERT INTO northbound.dirty (owner_kind, owner_id, revision)"
                    " VALUES ($1, $2, pg_current_xact_id()::text::bigint)",
                    kind,
                    owner_id,
                )
        self.api.translation.wake()
        await self.wait_true("NOT EXISTS (SELECT FROM northbound.dirty)")
