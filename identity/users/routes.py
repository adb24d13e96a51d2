"""Routes of users."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments.managed import is_managed
from identity.audit import acts
from identity.audit.acts import creates
from identity.bodies import read_noun
from identity.callers import Caller, caller_of
from identity.directories.copies import find_user_copy
from identity.directories.lists import narrow_to_directory
from identity.domain_configs.store import refuse_copy, refuse_kept_elsewhere
from identity.domains.store import find_domain
from identity.federation.sign_in.arrangement import KEEPER, find_link_of_user
from identity.links import linked
from identity.lists import reply_listing
from identity.passwords.lockout import open_account
from identity.passwords.rules import PasswordRules
from identity.policy import allowed, authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import user_subject
from identity.tokens.refusals import LoginRefused
from identity.users import store
from identity.users.activity import is_enabled
from identity.users.expiry import EXPIRY_WORDS, filter_expiry
from identity.users.rendering import rendering
from identity.users.schema import ChangePassword, render_link
from identity.visibility import authorize_list, reveal
from runtime.database import Connection
from runtime.errors import BadRequest, Conflict
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where


async def list_users(request: web.Request) -> web.Response:
    where = Where()
    authorize_list(request, where)
    where.add("present")
    filter_expiry(request.query, where)
    read = await narrow_to_directory(request, request.app[IDENTITY].directories.refresh_users, where)
    return await reply_listing(request, "users", store.LISTING, rendering(request), where, ignore=EXPIRY_WORDS | read)


async def create_user(request: web.Request) -> web.Response:
    """A user in the domain that the body names, else in the caller's own."""
    caller = caller_of(request)
    draft, extra = await _read_user(request)
    if draft["domain_id"] is None:
        draft["domain_id"] = caller.domain_id or caller.project_domain_id or caller.user_domain_id
    async with request.app[DATABASE].connection() as connection:
        domain = await find_domain(connection, draft["domain_id"])
    authorize(request, {"domain_id": domain and domain["id"]})
    draft = await _with_hash(request, draft, draft.get("options", {}))
    async with request.app[DATABASE].transaction() as connection:
        await refuse_kept_elsewhere(connection, draft["domain_id"], f"Every user of domain {draft['domain_id']}")
        row = await store.insert_user(connection, draft, extra)
        creates(row["id"])
    return reply({"user": linked(request, "users", rendering(request)(row))}, 201)


async def show_user(request: web.Request) -> web.Response:
    await refresh_visible(request)
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_user(request, connection)
        link = await find_link_of_user(connection, row["id"]) if row["keeper"] == KEEPER else None
    return reply({"user": linked(request, "users", rendering(request)(row) | render_link(link))})


async def update_user(request: web.Request) -> web.Response:
    changes, extra = await _read_user(request)
    ends_rights = changes.get("enabled") is False or "password" in changes
    async with request.app[DATABASE].connection() as connection:
        user = await _authorized_user(request, connection)
    refuse_copy(user, "User")
    if user["keeper"] == KEEPER and changes.get("password") is not None:
        raise BadRequest("Invalid input for user.password: the user signs in with their identity provider alone.")
    changes = await _with_hash(request, changes, user["options"] | changes.get("options", {}))
    async with request.app[DATABASE].transaction() as connection:
        if ends_rights:
            await change_rights(connection)
        if "password_hash" in changes:
            user = await store.fetch_user(connection, user["id"])
            await store.keep_password(connection, user, _rules(request).kept)
        row = await store.update_user(connection, user["id"], changes, extra)
        if changes.get("enabled"):
            row = await _open(connection, row)
        if ends_rights:
            await revoke(connection, [user_subject(user["id"])])
    if ends_rights:
        await request.app[IDENTITY].feed.publish()
    return reply({"user": linked(request, "users", rendering(request)(row))})


async def _open(connection: Connection, user: store.Row) -> store.Row:
    """The user, whose failed logins and absence are forgotten."""
    await open_account(connection, user)
    await store.note_activity(connection, user)
    return await store.fetch_user(connection, user["id"])


async def delete_user(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        user = await _authorized_user(request, connection)
        refuse_copy(user, "User")
        await change_rights(connection)
        await store.delete_user(connection, user["id"])
        await revoke(connection, [user_subject(user["id"])])
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def change_password(request: web.Request) -> web.Response:
    """A password, given the old one, which needs no token and may have expired; every token of the user ends."""
    body: ChangePassword = await read_body(request)
    identity, user_id = request.app[IDENTITY], request.match_info["user_id"]
    request["login"] = account = [f"user {user_id}"]
    with identity.logins.watch(account, request.remote or "", is_guess=True):
        user = await _prove(request, user_id, body.user.original_password)
    request["caller"] = Caller(user["id"], user["name"], user["domain_id"])
    acts.begin(request)
    acts.specify("change_password")
    refuse_copy(user, "User")
    await _refuse_change(request, user, body.user.password)
    changes = await _with_hash(request, {"password": body.user.password}, user["options"], by_others=False)
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        if (await store.fetch_user(connection, user["id"]))["password_hash"] != user["password_hash"]:
            raise Conflict("The password was changed by another request.")
        await store.keep_password(connection, user, _rules(request).kept)
        await store.update_user(connection, user["id"], changes, {})
        await revoke(connection, [user_subject(user["id"])])
    await identity.feed.publish()
    return no_content()


async def _read_user(request: web.Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """As read_noun. Raises BadRequest for the one thing that a login alone decides."""
    attributes, extra = await read_noun(request)
    if "federated" in extra:
        raise BadRequest("Invalid input for user.federated: it is set when the user of a provider signs in.")
    return attributes, extra


async def _prove(request: web.Request, user_id: str, password: str) -> store.Row:
    """The user, who may sign in but for an expired password. Raises LoginRefused, always with the same words."""
    identity = request.app[IDENTITY]
    user = await identity.accounts.find(user_id)
    matches = await identity.accounts.verify(user, password)
    if not await identity.lockout.admits(user, user_id, matches=matches) or user is None:
        raise LoginRefused("password", user_id=user and user["id"])
    async with request.app[DATABASE].connection() as connection:
        domain = await find_domain(connection, user["domain_id"])
    if domain is None or not domain["enabled"] or not is_enabled(user, _rules(request).inactive_days):
        raise LoginRefused("user", user_id=user["id"])
    return user


async def refresh_visible(request: web.Request) -> None:
    """The user of the path as whoever keeps them has them now, for a caller who may see them at all."""
    user_id = request.match_info["user_id"]
    async with request.app[DATABASE].connection() as connection:
        copy = await find_user_copy(connection, user_id)
    if copy and allowed(request, "identity:get_user", {"user_id": copy["id"], "domain_id": copy["domain_id"]}):
        await request.app[IDENTITY].accounts.refresh(user_id)


async def _authorized_user(request: web.Request, connection: Connection) -> store.Row:
    """The user of the path. NotFound when the caller may not see them, Forbidden when only the action is barred."""
    user_id = request.match_info["user_id"]
    row = await store.fetch_user(connection, user_id)
    managed = await is_managed(connection, request.app[IDENTITY].feed.roles, user_id=row["id"])
    target = {"user_id": row["id"], "domain_id": row["domain_id"], "managed": managed}
    reveal(request, "identity:get_user", target, store.UserNotFound(user_id))
    authorize(request, target)
    return row


def _rules(request: web.Request) -> PasswordRules:
    return request.app[IDENTITY].settings.passwords


async def _refuse_change(request: web.Request, user: store.Row, password: str) -> None:
    """Raises what bars users themselves, who gave the right password, from changing it to this one."""
    rules, hasher = _rules(request), request.app[IDENTITY].hasher
    rules.check_change(user, datetime.now(UTC))
    if not rules.unique_last_count:
        return
    async with request.app[DATABASE].connection() as connection:
        past = await store.select_past_passwords(connection, user["id"], rules.kept)
    for password_hash in (user["password_hash"], *past):
        if await hasher.verify(password_hash, password):
            raise BadRequest(
                "The new password cannot be identical to a previous password. "
                f"The total number which includes the new password must be unique is {rules.unique_last_count}."
            )


async def _with_hash(
    request: web.Request, attributes: dict[str, Any], options: store.Row, *, by_others: bool = True
) -> dict[str, Any]:
    """The attributes with the password, when one was sent, replaced by its hash and by when it expires."""
    if "password" not in attributes:
        return attributes
    others = {key: value for key, value in attributes.items() if key != "password"}
    password = attributes["password"]
    if password is None:
        return others | store.NO_PASSWORD
    _rules(request).check_strength(password)
    return others | {
        "password_hash": await request.app[IDENTITY].hasher.hash(password),
        "password_expires_at": _rules(request).expiry(options, datetime.now(UTC), by_others=by_others),
    }
