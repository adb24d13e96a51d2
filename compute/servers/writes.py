"""A request that changes servers: its one transaction, and who is woken after the commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from identity.callers import caller_of
from northbound.changes import store as changes
from northbound.translation.service import TRANSLATION
from runtime.database import Connection
from runtime.web.keys import DATABASE


class Runner(Protocol):
    """What runs tasks; see compute/tasks."""

    def activate(self) -> None: ...


TASKS = web.AppKey("tasks", Runner)


@asynccontextmanager
async def changing(request: web.Request) -> AsyncIterator[Connection]:
    """A transaction; after its commit the task runner and the translation are woken, and nobody is waited for.

    Nothing is woken when the transaction is rolled back. A server becomes ACTIVE when its agent and OVN say so.
    """
    async with request.app[DATABASE].transaction() as conn:
        yield conn
        await changes.note(conn, [request["request_id"]], caller_of(request).project_id)
    request.app[TASKS].activate()
    request.app[TRANSLATION].wake()
