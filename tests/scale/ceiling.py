"""What this machine could do at best: the least that a durable port in OVN costs, and the least that an answer costs.

A process of its own, with no identity, policy, quota, address or plan:

    POST /ports   body checked -> three rows in one statement of PostgreSQL -> switch port and memberships in one OVSDB
                  transaction -> 201; requests that arrive while a commit is under way share the next, on both sides
    GET /port     an answer that was rendered before

It is the budget's measure (design, section 10) in the same run as ours, on the same servers, from the same clients.
"""

import asyncio
import itertools
import sys
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import asyncpg
import msgspec
import uvloop
from aiohttp import web

from southbound.ovsdb.connection import Connection, open_connection

Item = TypeVar("Item")

MOST_TOGETHER = 100
COMMITS_AT_ONCE = 2
SWITCHES = 20
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS ceiling;
CREATE TABLE IF NOT EXISTS ceiling.ports (
    id uuid PRIMARY KEY, project text NOT NULL, network uuid NOT NULL, name text, body jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT 1, created timestamptz DEFAULT now()
);
CREATE INDEX IF NOT EXISTS ports_by_project ON ceiling.ports (project);
CREATE INDEX IF NOT EXISTS ports_by_network ON ceiling.ports (network);
CREATE TABLE IF NOT EXISTS ceiling.addresses (subnet uuid, ip inet, port uuid, PRIMARY KEY (subnet, ip));
CREATE TABLE IF NOT EXISTS ceiling.outbox (id bigserial PRIMARY KEY, ref uuid, at timestamptz DEFAULT now());
"""
INSERT = """
WITH new AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::inet[]) AS t (id, body, ip)),
a AS (INSERT INTO ceiling.ports (id, project, network, name, body) SELECT id, 'p', $4, 'n', body::jsonb FROM new),
b AS (INSERT INTO ceiling.addresses SELECT id, ip, id FROM new)
INSERT INTO ceiling.outbox (ref) SELECT id FROM new
"""
SHOWN = msgspec.json.encode(
    {"port": {"id": str(uuid.uuid4()), "name": "p", "status": "DOWN", "tags": [], "description": "x" * 700}}
)
HEADERS = {"Content-Type": "application/json"}


class Wanted(msgspec.Struct):
    network_id: str
    name: str


class WantedPort(msgspec.Struct):
    port: Wanted


class Grouper(Generic[Item]):
    """Whatever gathered while the commits before were under way goes into the next."""

    def __init__(self, commit: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._commit = commit
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()
        self._tasks = [asyncio.create_task(self._run()) for _ in range(COMMITS_AT_ONCE)]

    async def put(self, item: Item) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        self._arrived.set()
        await done

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            if not self._waiting:
                self._arrived.clear()
            if group:
                await self._commit([item for item, _ in group])
                for _, done in group:
                    done.set_result(None)


def _ip(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _operations(ports: Sequence[tuple[str, int]], switches: Sequence[str], groups: Sequence[str]) -> list[Any]:
    """Switch ports with what ours carry, each in a switch, a group and a drop group."""
    operations, members = [], {}
    for port_id, number in ports:
        address = f"fa:16:3e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x} {_ip(number)}"
        ids = [[f"ceiling:key{place}", f"a value of some length {port_id}"] for place in range(10)]
        row = {"name": port_id, "addresses": address, "port_security": address, "external_ids": ["map", ids]}
        operations.append({"op": "insert", "table": "Logical_Switch_Port", "uuid": port_id, "row": row})
        place = number % SWITCHES
        for key in (("Logical_Switch", switches[place]), *(("Port_Group", groups[place * 2 + n]) for n in (0, 1))):
            members.setdefault(key, []).append(["uuid", port_id])
    for (table, parent), references in members.items():
        where, mutation = [["_uuid", "==", ["uuid", parent]]], ["ports", "insert", ["set", references]]
        operations.append({"op": "mutate", "table": table, "where": where, "mutations": [mutation]})
    return operations


async def _transact(northbound: Connection, operations: Sequence[Any]) -> None:
    answer = msgspec.json.decode(await northbound.call("transact", ["OVN_Northbound", *operations]))
    for result in answer:
        if result and result.get("error"):
            raise RuntimeError(str(result))


async def _serve(port: int, database_url: str, northbound_remote: str) -> None:
    pool = await asyncpg.create_pool(database_url, min_size=COMMITS_AT_ONCE, max_size=COMMITS_AT_ONCE)
    await pool.execute(SCHEMA)
    northbound = await open_connection(northbound_remote, lambda *_: None, probe_interval_s=60, timeout_s=10)
    switches = [str(uuid.uuid4()) for _ in range(SWITCHES)]
    groups = [str(uuid.uuid4()) for _ in range(SWITCHES * 2)]
    rows = [("Logical_Switch", name) for name in switches] + [("Port_Group", name) for name in groups]
    inserts = [
        {"op": "insert", "table": table, "uuid": name, "row": {"name": f"ceiling_{name.replace('-', '_')}"}}
        for table, name in rows
    ]
    await _transact(northbound, inserts)
    network, numbers = uuid.uuid4(), itertools.count(1)
    decoder = msgspec.json.Decoder(WantedPort)

    async def store(ports: Sequence[tuple[str, int, str]]) -> None:
        ids, places, bodies = zip(*ports, strict=True)
        await pool.execute(INSERT, ids, bodies, [_ip(number) for number in places], network)

    async def write(ports: Sequence[tuple[str, int]]) -> None:
        await _transact(northbound, _operations(ports, switches, groups))

    storing, writing = Grouper(store), Grouper(write)

    async def create(request: web.Request) -> web.Response:
        raw = await request.read()
        decoder.decode(raw)
        port_id, number = str(uuid.uuid4()), next(numbers)
        await storing.put((port_id, number, raw.decode()))
        await writing.put((port_id, number))
        return web.Response(body=SHOWN, status=201, headers=HEADERS)

    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=SHOWN, headers=HEADERS)

    application = web.Application()
    application.router.add_post("/ports", create)
    application.router.add_get("/port", show)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
