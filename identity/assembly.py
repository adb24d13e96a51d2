"""The parts of identity that a control process holds, put together."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from identity.audit.acts import Recorder
from identity.audit.keeping import prune_audit
from identity.audit.refusals import Refusals
from identity.credentials.vault import Vault
from identity.delegation import AccessRules
from identity.directories.keeper import Directories
from identity.directories.looks import Looks
from identity.federation.oidc.documents import open_client
from identity.federation.oidc.issuers import Issuers
from identity.keys.ring import KeyRing
from identity.passwords.hashing import Hasher
from identity.passwords.lockout import Lockout
from identity.revocations.feed import RightsFeed
from identity.settings import IdentitySettings
from identity.tokens.issuer import Issuer
from identity.tokens.refusals import LoginGuard
from identity.tokens.verifier import Verifier
from identity.users.accounts import Accounts
from runtime.database import Database, DatabaseSettings


@dataclass(frozen=True)
class Identity:
    settings: IdentitySettings
    keys: KeyRing
    issuer: Issuer
    verifier: Verifier
    feed: RightsFeed
    hasher: Hasher
    access_rules: AccessRules
    logins: LoginGuard
    vault: Vault
    directories: Directories
    accounts: Accounts
    issuers: Issuers
    lockout: Lockout
    refusals: Refusals


IDENTITY = web.AppKey("identity", Identity)


@asynccontextmanager
async def open_identity(
    settings: IdentitySettings, database: Database, session_settings: DatabaseSettings
) -> AsyncIterator[Identity]:
    """Identity, ready to answer: keys loaded, rights read once and followed until the block ends.

    `session_settings` open the connection that listens. Raises SettingsError for keys that cannot be used.
    """
    vault = Vault(settings.key_directory)
    keys = KeyRing(settings.key_directory)
    feed = RightsFeed(
        database,
        session_settings,
        period_s=settings.feed_period_s,
        limit_s=settings.feed_limit_s,
        directory_limit_s=settings.directory_limit_s,
    )
    verifier = Verifier(
        keys,
        feed,
        time.time,
        issuer=settings.issuer,
        audience=settings.audience,
        capacity=settings.verified_tokens,
    )
    hasher = Hasher(threads=settings.hashing_threads, waiting=settings.hashing_waiting)
    logins = LoginGuard(
        account_failures=settings.account_failures,
        address_failures=settings.address_failures,
        clock=time.monotonic,
    )
    refusals = Refusals(database)
    database.witness = Recorder()
    directories = Directories(database, vault, feed, timeout_s=settings.directory_timeout_s)
    looks = Looks(database, directories, feed, period_s=settings.directory_period_s)
    await feed.refresh()
    following = [
        asyncio.create_task(refusals.run(), name="identity-refusals"),
        asyncio.create_task(prune_audit(database, settings.audit_days), name="identity-audit"),
        asyncio.create_task(feed.run(), name="identity-rights"),
        asyncio.create_task(keys.follow(settings.key_period_s), name="identity-keys"),
        asyncio.create_task(looks.run(), name="identity-directories"),
    ]
    try:
        async with open_client() as client:
            yield Identity(
                settings=settings,
                keys=keys,
                issuer=Issuer(keys),
                verifier=verifier,
                feed=feed,
                hasher=hasher,
                access_rules=AccessRules(database),
                logins=logins,
                vault=vault,
                directories=directories,
                accounts=Accounts(database, hasher, directories),
                issuers=Issuers(settings.oidc, client),
                lockout=Lockout(database, settings.passwords),
                refusals=refusals,
            )
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        directories.close()
        hasher.close()
