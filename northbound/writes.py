"""A request's one transaction, and the wait for OVN after its commit: what every write of the API goes through.

Here, and nowhere else, a write is held to the revision that its client named, and tried instead of done.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from identity.callers import caller_of
from northbound import revisions
from northbound.changes import store as changes
from northbound.previews.asking import is_dry_run
from northbound.previews.rehearsal import rehearsing
from northbound.translation.service import TRANSLATION
from runtime.crashpoints import crash_point
from runtime.database import Connection
from runtime.web.keys import DATABASE


@asynccontextmanager
async def writing(request: web.Request) -> AsyncIterator[Connection]:
    """A transaction; after its commit, waits (bounded) until OVN holds what it marked.

    How far it got is known by the request's id from then on (`northbound.changes`). Nothing is waited for when the transaction is rolled back; OVN being away is no error. A dry run is rolled back in any
    case. Raises RevisionNumberConstraintFailed when the resource is no longer what the client's If-Match says.
    """
    if is_dry_run(request):
        async with rehearsing(request) as conn:
            constraint = await revisions.hold(request, conn)
            yield conn
            constraint.check()
        return
    async with request.app[DATABASE].transaction() as conn:
        constraint = await revisions.hold(request, conn)
        yield conn
        constraint.check()
        revision = await changes.note(conn, [request["request_id"]], caller_of(request).project_id)
        crash_point("write.before_commit")
    crash_point("write.after_commit")
    await request.app[TRANSLATION].settle(revision)
