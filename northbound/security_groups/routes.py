"""The security groups API. A project finds its default group there when it looks at its groups for the first time."""

import uuid

import msgspec
from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import allowed, authorize
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.projects import owner_of
from northbound.security_groups import store
from northbound.security_groups.group import (
    DEFAULT_NAME,
    Group,
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupNotFound,
)
from northbound.security_groups.schema import GroupChanges, render_group
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.attributes import given
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid

DELETE_DEFAULT = "network:delete_security_group:default"


async def list_security_groups(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    page, where = parse_page(request.query, store.LISTING, ignore=WORDS), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    await _ensure_own_default(request, caller.project_id)
    async with request.app[DATABASE].snapshot() as conn:
        found = await store.list_groups(conn, page, where, caller.reach)
    return reply_page(request, "security_groups", page, [render_group(group) for group in found])


async def _ensure_own_default(request: web.Request, project_id: str | None) -> None:
    """The one write that a read makes, at most once in a project's life."""
    if project_id is None:
        return
    async with request.app[DATABASE].connection() as conn:
        present = await store.has_default(conn, project_id)
    if not present:
        async with writing(request) as conn:
            await store.ensure_default(conn, project_id)


async def create_security_groups(request: web.Request) -> web.Response:
    body = await read_drafts(request, "security_group", "security_groups")
    wanted = []
    for draft in drafts(body, "security_group", "security_groups"):
        project_id = owner_of(request, draft)
        authorize(request, {"project_id": project_id})
        if draft.name == DEFAULT_NAME:
            raise SecurityGroupDefaultAlreadyExists
        wanted.append(
            Group(
                id=str(uuid.uuid4()),
                project_id=project_id,
                name=draft.name,
                description=draft.description,
                stateful=draft.stateful,
            )
        )
    async with writing(request) as conn:
        for group in wanted:
            await store.insert_group(conn, group)
            creates(group.id)
        made = [await store.fetch_group(conn, group.id, None) for group in wanted]
    return reply_created(body, "security_group", "security_groups", [render_group(group) for group in made])


async def show_security_group(request: web.Request) -> web.Response:
    async with request.app[DATABASE].snapshot() as conn:
        group = await store.fetch_group(conn, _group_id(request), caller_of(request).reach)
    authorize(request, {"project_id": group.project_id})
    return reply_one(request, "security_group", render_group(group))


async def update_security_group(request: web.Request) -> web.Response:
    group_id, caller = _group_id(request), caller_of(request)
    changes: GroupChanges = (await read_body(request)).security_group
    async with writing(request) as conn:
        await store.lock_group(conn, group_id)
        before = await store.fetch_group(conn, group_id, caller.reach)
        authorize(request, {"project_id": before.project_id})
        if changes.name not in (UNSET, before.name) and DEFAULT_NAME in (before.name, changes.name):
            raise SecurityGroupCannotUpdateDefault
        await store.update_group(conn, before, msgspec.structs.replace(before, **given(changes)))
        after = await store.fetch_group(conn, group_id, None)
    return reply_one(request, "security_group", render_group(after))


async def delete_security_group(request: web.Request) -> web.Response:
    group_id, caller = _group_id(request), caller_of(request)
    async with writing(request) as conn:
        await store.lock_group(conn, group_id)
        group = await store.fetch_group(conn, group_id, caller.reach)
        authorize(request, {"project_id": group.project_id})
        if group.is_default and not allowed(request, DELETE_DEFAULT, {"project_id": group.project_id}):
            raise SecurityGroupCannotRemoveDefault
        await store.delete_group(conn, group)
    return no_content()


def _group_id(request: web.Request) -> str:
    return path_uuid(request, "security_group_id", SecurityGroupNotFound)
