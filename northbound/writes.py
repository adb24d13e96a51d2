"""A request's one transaction, and the wait for OVN after its commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from northbound.translation import marks
from northbound.translation.service import TRANSLATION
from runtime.crashpoints import crash_point
from runtime.database import Connection
from runtime.web.keys import DATABASE


@asynccontextmanager
async def writing(request: web.Request) -> AsyncIterator[Connection]:
    """A transaction; after its commit, waits (bounded) until OVN holds what it marked.

    Nothing is waited for when the transaction is rolled back; OVN being away is no error.
    """
    async with request.app[DATABASE].transaction() as conn:
        yield conn
        revision = await marks.revision(conn)
        crash_point("write.before_commit")
    crash_point("write.after_commit")
    await request.app[TRANSLATION].settle(revision)
