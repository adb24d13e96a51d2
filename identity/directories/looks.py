"""Whether those who have tokens are still in their directories: nobody tells us, so they are looked for, again and again.

Every `period_s` one process looks for the users of each directory who have tokens, and for the groups by which any of
them has a role. Whoever is gone or disabled, or is out of a group, loses the tokens that this gave them. So a right
that ends in a directory ends here within the period and the time of one look (each question has a deadline).

A directory that does not answer takes nothing away and proves nothing: when none of its looks ended well for
`directory_limit_s`, every process refuses the tokens of its users with 503 (`identity/revocations/feed.py`), until one
does. That limit is the bound in every case, also when no process is there to look.

The look is claimed in the database before it is made, so that one process makes it; if that one dies, another claims
the next.
"""

import asyncio
from datetime import datetime

import structlog

from identity.directories import copies
from identity.directories.directory import Directory, FoundUser
from identity.directories.keeper import Directories
from identity.revocations.feed import RightsFeed
from runtime.database import Database
from runtime.errors import Problem
from runtime.reconciler import Reconciler

log = structlog.get_logger()


class Looks:
    """Run `run()` as a task for as long as the process answers."""

    def __init__(self, database: Database, directories: Directories, feed: RightsFeed, *, period_s: float) -> None:
        self._database = database
        self._directories = directories
        self._feed = feed
        self._period_s = period_s
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._reconciler = Reconciler("identity-directories", self._look_at_all, period_s=period_s)

    async def run(self) -> None:
        try:
            await self._reconciler.run()
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def _look_at_all(self) -> None:
        """Each directory in a task of its own: a silent one holds up no other."""
        async with self._database.transaction() as connection:
            due = await copies.claim_looks(connection, self._period_s * 0.9)
        for row in due:
            domain_id = row["domain_id"]
            if domain_id not in self._under_way:
                task = asyncio.create_task(self._look(domain_id, row["asked_at"]), name=f"directory-{domain_id}")
                self._under_way[domain_id] = task
                task.add_done_callback(lambda _, domain_id=domain_id: self._under_way.pop(domain_id, None))

    async def _look(self, domain_id: str, asked_at: datetime) -> None:
        try:
            directory = await self._directories.of(domain_id)
            if directory is None:
                return
            users = await self._look_for_users(directory)
            await self._look_at_groups(directory, users)
            async with self._database.transaction() as connection:
                await copies.mark_answered(connection, domain_id, asked_at)
        except Problem as problem:
            log.warning("a directory was not looked through", domain_id=domain_id, reason=problem.message)
        except Exception:
            log.exception("a directory was not looked through", domain_id=domain_id)

    async def _look_for_users(self, directory: Directory) -> dict[str, FoundUser]:
        """Those who have tokens and are there, by id; of the others the tokens end."""
        async with self._database.connection() as connection:
            wanted = await copies.select_users_with_tokens(connection, directory.domain_id)
        found = await directory.find_users([row["local_id"] for row in wanted])
        users = {user.copy.id: user for user in found}
        gone = [row["id"] for row in wanted if row["id"] not in users]
        if wanted:
            await self._directories.write_users(directory, [user.copy for user in users.values()], gone)
        return users

    async def _look_at_groups(self, directory: Directory, users: dict[str, FoundUser]) -> None:
        async with self._database.connection() as connection:
            groups = await copies.select_groups_that_matter(connection, directory.domain_id)
        for row in groups:
            members = [users[user_id] for user_id in row["user_ids"] if user_id in users]
            async for out in directory.outsiders(row["local_id"], members):
                await self._directories.take_members(directory, row["id"], [user.copy.id for user in out])
