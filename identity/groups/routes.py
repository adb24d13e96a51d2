"""Routes of groups and of their members."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.assignments.endings import subjects_of_group
from identity.assignments.managed import is_managed
from identity.bodies import read_noun
from identity.callers import caller_of
from identity.directories.copies import find_group_copy
from identity.directories.lists import narrow_to_directory
from identity.domain_configs.store import refuse_copy, refuse_kept_elsewhere
from identity.domains.store import find_domain
from identity.groups import store
from identity.groups.schema import render
from identity.links import linked
from identity.lists import reply_listing
from identity.nouns.table import Row
from identity.policy import allowed, authorize
from identity.revocations.store import change_rights, revoke
from identity.users.expiry import EXPIRY_WORDS, filter_expiry
from identity.users.rendering import rendering
from identity.users.routes import refresh_visible
from identity.users.store import LISTING as USERS
from identity.users.store import UserNotFound, fetch_user
from identity.visibility import authorize_list, reveal
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.listing import Where


async def list_groups(request: web.Request) -> web.Response:
    where = Where()
    authorize_list(request, where)
    where.add("present")
    read = await narrow_to_directory(request, request.app[IDENTITY].directories.refresh_groups, where)
    return await reply_listing(request, "groups", store.GROUPS.listing, render, where, ignore=read)


async def create_group(request: web.Request) -> web.Response:
    """A group in the domain that the body names, else in the caller's own."""
    caller = caller_of(request)
    draft, extra = await read_noun(request)
    if draft["domain_id"] is None:
        draft["domain_id"] = caller.domain_id or caller.project_domain_id or caller.user_domain_id
    async with request.app[DATABASE].transaction() as connection:
        domain = await find_domain(connection, draft["domain_id"])
        authorize(request, {"domain_id": domain and domain["id"]})
        await refuse_kept_elsewhere(connection, draft["domain_id"], f"Every group of domain {draft['domain_id']}")
        row = await store.GROUPS.insert(connection, draft, extra)
    return reply({"group": linked(request, "groups", render(row))}, 201)


async def show_group(request: web.Request) -> web.Response:
    await _refresh_visible(request)
    async with request.app[DATABASE].connection() as connection:
        row = await _authorized_group(request, connection)
    return reply({"group": linked(request, "groups", render(row))})


async def update_group(request: web.Request) -> web.Response:
    changes, extra = await read_noun(request)
    async with request.app[DATABASE].transaction() as connection:
        group = await _authorized_group(request, connection)
        refuse_copy(group, "Group")
        row = await store.GROUPS.update(connection, group["id"], changes, extra)
    return reply({"group": linked(request, "groups", render(row))})


async def delete_group(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        group = await _authorized_group(request, connection)
        refuse_copy(group, "Group")
        await change_rights(connection)
        ended = await subjects_of_group(connection, group["id"])
        await store.GROUPS.delete(connection, group["id"])
        await revoke(connection, ended)
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def list_members(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        group = await _authorized_group(request, connection)
    await request.app[IDENTITY].directories.refresh_group(group["id"], members=True)
    where = Where()
    where.add("present")
    where.add("id IN (SELECT user_id FROM identity.held_memberships WHERE group_id = {})", group["id"])
    filter_expiry(request.query, where)
    return await reply_listing(request, "users", USERS, rendering(request), where, ignore=EXPIRY_WORDS)


async def list_groups_of_user(request: web.Request) -> web.Response:
    user_id = request.match_info["user_id"]
    async with request.app[DATABASE].connection() as connection:
        user = await fetch_user(connection, user_id)
    target = {"user_id": user["id"], "domain_id": user["domain_id"]}
    reveal(request, "identity:get_user", target, UserNotFound(user_id))
    authorize(request, target)
    await request.app[IDENTITY].accounts.refresh(user_id)
    where = Where()
    where.add("present")
    where.add("id IN (SELECT group_id FROM identity.held_memberships WHERE user_id = {})", user["id"])
    return await reply_listing(request, "groups", store.GROUPS.listing, render, where)


async def add_member(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        group, user = await _authorized_member(request, connection)
        _refuse_directory(group, user)
        await store.insert_member(connection, group["id"], user["id"])
    return no_content()


async def check_member(request: web.Request) -> web.Response:
    await refresh_visible(request)
    async with request.app[DATABASE].connection() as connection:
        group, user = await _authorized_member(request, connection)
        if not await store.is_member(connection, group["id"], user["id"]):
            raise store.MemberNotFound(group["id"], user["id"])
    return no_content()


async def remove_member(request: web.Request) -> web.Response:
    async with request.app[DATABASE].transaction() as connection:
        group, user = await _authorized_member(request, connection)
        _refuse_directory(group, user)
        await change_rights(connection)
        ended = await subjects_of_group(connection, group["id"], user["id"])
        await store.delete_member(connection, group["id"], user["id"])
        await revoke(connection, ended)
    await request.app[IDENTITY].feed.publish()
    return no_content()


async def _refresh_visible(request: web.Request) -> None:
    """The group of the path as its directory has it now, for a caller who may see it at all."""
    group_id = request.match_info["group_id"]
    async with request.app[DATABASE].connection() as connection:
        copy = await find_group_copy(connection, group_id)
    if copy and allowed(request, "identity:get_group", {"domain_id": copy["domain_id"]}):
        await request.app[IDENTITY].directories.refresh_group(group_id)


async def _authorized_group(request: web.Request, connection: Connection) -> Row:
    """The group of the path. NotFound when the caller may not see it, Forbidden when only the action is barred."""
    group_id = request.match_info["group_id"]
    row = await store.fetch_group(connection, group_id)
    managed = await is_managed(connection, request.app[IDENTITY].feed.roles, group_id=row["id"])
    target = {"domain_id": row["domain_id"], "managed": managed}
    reveal(request, "identity:get_group", target, store.GROUPS.missing(group_id))
    authorize(request, target)
    return row


def _refuse_directory(group: Row, user: Row) -> None:
    """Who is in a group is for the directory to say when it keeps the group or the user."""
    refuse_copy(group, "Group")
    refuse_copy(user, "User")


async def _authorized_member(request: web.Request, connection: Connection) -> tuple[Row, Row]:
    """(group, user) of the path, both proved to exist. A stranger learns of neither."""
    group_id, user_id = request.match_info["group_id"], request.match_info["user_id"]
    user = await fetch_user(connection, user_id)
    target = {"user_id": user["id"], "domain_id": user["domain_id"]}
    reveal(request, "identity:get_user", target, UserNotFound(user_id))
    group = await store.GROUPS.find(connection, group_id)
    if group is not None:
        managed = await is_managed(connection, request.app[IDENTITY].feed.roles, group_id=group["id"])
        target |= {"group_domain_id": group["domain_id"], "managed": managed}
    authorize(request, target)
    if group is None:
        raise store.GROUPS.missing(group_id)
    return group, user
