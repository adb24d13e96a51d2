"""Accounts that failed too often to show their password are closed for a while, in every process at once.

Failures are counted in PostgreSQL, where they outlast processes. A password is looked at first and the account then, so
that a right one that comes while the account is closed is refused like a wrong one; and names that nobody has are
counted too, in a few rows that they share, so that all refusals cost the same.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.passwords.rules import PasswordRules
from identity.tokens.refusals import LoginRefused
from runtime.database import Connection, Database, naming, queries

Row = Mapping[str, Any]
ROWS_OF_NOBODY = 256
sql = queries(Path(__file__).with_name("queries.sql"))


class Lockout:
    def __init__(self, database: Database, rules: PasswordRules) -> None:
        self._database = database
        self._rules = rules

    async def admits(self, user: Row | None, spelling: str, *, matches: bool) -> bool:
        """Whether who showed a password, which `matches` or does not, is let in; a refusal is counted.

        `spelling` is how the account was named. Of guesses that are checked at once, each counts.
        """
        rules = self._rules
        if not rules.lockout_failure_attempts:
            return matches
        account = _account(user, spelling)
        bounds = {"most": rules.lockout_failure_attempts, "duration_s": float(rules.lockout_duration_s)}
        exempt = bool(user and user["options"].get("ignore_lockout_failure_attempts"))
        async with self._database.connection() as connection:
            if await sql.admits(connection, account=account, matches=matches, exempt=exempt, **bounds):
                return True
            with naming({"failed_logins_user": lambda: LoginRefused("user")}):
                await sql.count_failure(connection, account=account, user_id=user and user["id"], **bounds)
        return False


async def open_account(connection: Connection, user: Row) -> None:
    """What failed is forgotten."""
    await sql.forget_failures(connection, account=_account(user, ""))


def _account(user: Row | None, spelling: str) -> str:
    if user is not None:
        return f"user/{user['id']}"
    digest = hashlib.blake2b(spelling.encode(errors="surrogatepass"), digest_size=4).digest()
    return f"nobody/{int.from_bytes(digest) % ROWS_OF_NOBODY}"
