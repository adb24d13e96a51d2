"""From a proved user and a wished scope to the claims of a token, inside one transaction that holds rights still.

Everything is read again under the lock: a password that was changed, a user that was disabled or a parent token
that was revoked a moment ago gives no token.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from identity.assignments.store import select_role_ids
from identity.directories.copies import extend_tokens
from identity.federation.sign_in.arrangement import KEEPER, Arrangement, find_arrangement, find_arrangement_of_user
from identity.passwords.rules import has_expired
from identity.revocations.store import hold_rights, is_revoked
from identity.settings import IdentitySettings
from identity.tokens.claims import LONGEST_CHAIN, Claims, Federation, Scope, subjects_of
from identity.tokens.delegations import Rights, rights_of_credential, rights_of_trust
from identity.tokens.proofs import Proved
from identity.tokens.refusals import LoginRefused
from identity.tokens.schema import ProjectNamed, ScopeNamed, Wish
from identity.tokens.scopes import find_project_scope, find_scope, is_enabled_domain
from identity.users import store as users
from identity.users.activity import is_enabled
from identity.users.options import suffices
from runtime.database import Connection, queries
from runtime.errors import Forbidden, Unauthorized

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))


async def grant(connection: Connection, proved: Proved, wish: Wish, settings: IdentitySettings) -> Claims:
    """The claims of a new token. It never outlives the token that it was made from.

    Raises Unauthorized when the user, the parent token or the scope does not allow it.
    """
    await hold_rights(connection)
    user = await _still_proved(connection, proved, settings)
    issued_at = (await sql.fetch_time(connection)).timestamp()
    rights = await _rights(connection, proved, user, wish, settings)
    await users.note_activity(connection, user)
    user = rights.user or user
    if rights.ends_at <= issued_at:
        raise _refused("expired", proved)
    audit_id = uuid.uuid4().hex
    parent = proved.parent
    expires_at = min(issued_at + settings.token_ttl_s, rights.ends_at)
    watched = {proved.user_id, user["id"], *rights.parties}
    await extend_tokens(connection, watched, datetime.fromtimestamp(expires_at, UTC))
    return Claims(
        iss=settings.issuer,
        aud=settings.audience,
        sub=user["id"],
        jti=audit_id,
        iat=issued_at,
        exp=min(expires_at, parent.exp) if parent else expires_at,
        user_name=user["name"],
        user_domain_id=user["domain_id"],
        methods=proved.methods,
        audit_ids=(audit_id, *(parent.audit_ids if parent else ())),
        roles=rights.roles,
        scope=rights.scope,
        delegation=rights.delegation,
        federation=await _federation(connection, proved, user, rights),
    )


async def _rights(connection: Connection, proved: Proved, user: Row, wish: Wish, settings: IdentitySettings) -> Rights:
    """What the token will allow: what was delegated, else what the wish names."""
    if proved.credential_id is not None:
        if wish.scope is not UNSET:
            raise Unauthorized(
                "Error authenticating with application credential: Application credentials cannot request a scope."
            )
        rights = await rights_of_credential(connection, proved.credential_id)
        if rights is None:
            raise _refused("application credential", proved)
        return rights
    if isinstance(wish.scope, ScopeNamed) and wish.scope.trust is not None:
        rights = await rights_of_trust(connection, wish.scope.trust.id, user, settings.passwords.inactive_days)
        if rights is None:
            raise _refused("trust", proved)
        return rights
    return Rights(*await _scope_and_roles(connection, user, wish, _groups_of(proved)))


def _groups_of(proved: Proved) -> tuple[str, ...]:
    """The groups that the user's provider put them in, for as long as this login lasts."""
    if proved.vouched is not None:
        return proved.vouched.group_ids
    return proved.parent.federation.group_ids if proved.parent and proved.parent.federation else ()


async def _federation(connection: Connection, proved: Proved, user: Row, rights: Rights) -> Federation | None:
    """Who vouches for the bearer: the provider of the token's user, else the one of whoever proved to be there."""
    if user["keeper"] == KEEPER:
        arrangement = await find_arrangement_of_user(connection, user["id"])
        if arrangement is None:
            raise _refused("identity provider", proved)
        group_ids = _groups_of(proved) if rights.delegation is None else ()
        return Federation(arrangement.idp_id, arrangement.protocol_id, group_ids, own=True)
    if proved.vouched is not None:
        return Federation(proved.vouched.arrangement.idp_id, proved.vouched.arrangement.protocol_id, (), own=False)
    if proved.parent and proved.parent.federation:
        return msgspec.structs.replace(proved.parent.federation, group_ids=(), own=False)
    return None


async def _still_proved(connection: Connection, proved: Proved, settings: IdentitySettings) -> Row:
    """The user, enabled, in an enabled domain, with the password that was checked and a parent that stands."""
    user = await users.find_user(connection, proved.user_id)
    if user is None or not is_enabled(user, settings.passwords.inactive_days):
        raise _refused("user", proved)
    if proved.vouched is not None and not await _still_agreed(connection, proved.vouched.arrangement):
        raise _refused("identity provider", proved)
    if proved.password_hash is not None and user["password_hash"] != proved.password_hash:
        raise _refused("password", proved)
    if not await is_enabled_domain(connection, user["domain_id"]):
        raise _refused("domain", proved)
    if proved.password_hash is not None and has_expired(user, await sql.fetch_time(connection)):
        raise Unauthorized(f"The password is expired and needs to be changed for user: {user['id']}.")
    if not suffices(user["options"], proved.methods):
        raise _refused("methods", proved)
    parent = proved.parent
    if parent and await is_revoked(connection, subjects_of(parent), parent.iat):
        raise _refused("parent token", proved)
    if parent and len(parent.audit_ids) == LONGEST_CHAIN:
        raise Forbidden(f"A token is made from {LONGEST_CHAIN - 1} others at most, one after the other: sign in again.")
    return user


async def _still_agreed(connection: Connection, arrangement: Arrangement) -> bool:
    return await find_arrangement(connection, arrangement.idp_id, arrangement.protocol_id) == arrangement


def _refused(reason: str, proved: Proved) -> LoginRefused:
    return LoginRefused(reason, user_id=proved.user_id)


async def _scope_and_roles(
    connection: Connection, user: Row, wish: Wish, group_ids: tuple[str, ...]
) -> tuple[Scope, tuple[str, ...]]:
    """The scope wished for and the roles there; raises Unauthorized when there are none."""
    if wish.scope is UNSET:
        return await _default_scope(connection, user, group_ids)
    if wish.scope == "unscoped" or wish.scope.unscoped is not None:
        return None, ()
    scope = await find_scope(connection, wish)
    roles = await select_role_ids(connection, user["id"], scope, group_ids) if scope else ()
    if not roles:
        raise LoginRefused("scope", user_id=user["id"])
    return scope, roles


async def _default_scope(
    connection: Connection, user: Row, group_ids: tuple[str, ...]
) -> tuple[Scope, tuple[str, ...]]:
    """The user's default project when it can be used, else no scope."""
    if user["default_project_id"] is None:
        return None, ()
    scope = await find_project_scope(connection, ProjectNamed(id=user["default_project_id"]))
    roles = await select_role_ids(connection, user["id"], scope, group_ids) if scope else ()
    return (scope, roles) if roles else (None, ())
