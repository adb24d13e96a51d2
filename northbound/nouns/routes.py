"""The five routes of a noun."""

import asyncio
from typing import Any, Generic

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize, authorize_attributes
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.nouns.noun import Noun
from northbound.nouns.rows import R
from northbound.projects import owner_of
from northbound.tags.filters import WORDS as TAG_WORDS
from northbound.tags.filters import filter_tags
from northbound.writes import writing
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import Route, path_uuid


def routes_of(noun: Noun[Any]) -> dict[str, dict[str, Route]]:
    """The lines of ROUTES for one noun."""
    handlers = Handlers(noun)
    return {
        f"/v2.0/{noun.path}": {
            "GET": Route(handlers.list, f"network:get_{noun.name}"),
            "POST": Route(handlers.create, f"network:create_{noun.name}", noun.create_body),
        },
        f"/v2.0/{noun.path}/{{resource_id}}": {
            "GET": Route(handlers.show, f"network:get_{noun.name}"),
            "PUT": Route(handlers.update, f"network:update_{noun.name}", noun.update_body),
            "DELETE": Route(handlers.delete, f"network:delete_{noun.name}"),
        },
    }


class Handlers(Generic[R]):
    """What the routes of one noun do."""

    def __init__(self, noun: Noun[R]) -> None:
        self._noun = noun

    async def list(self, request: web.Request) -> web.Response:
        noun, caller = self._noun, caller_of(request)
        authorize(request, {"project_id": caller.project_id})
        words = noun.words | (TAG_WORDS if noun.taggable else frozenset())
        page, where = parse_page(request.query, noun.table.listing, ignore=words), Where()
        if noun.taggable:
            filter_tags(where, request.query, "t.tags")
        noun.filter(where, request.query)
        async with request.app[DATABASE].connection() as conn:
            found = await noun.table.select(conn, page, where, caller.reach)
        return reply_page(request, noun.plural, page, [noun.render(resource) for resource in found])

    async def create(self, request: web.Request) -> web.Response:
        noun, caller = self._noun, caller_of(request)
        body = await read_drafts(request, noun.name, noun.plural)
        wanted = []
        for said in drafts(body, noun.name, noun.plural):
            draft = noun.draft(said, owner_of(request, said))
            authorize(request, noun.target(draft))
            authorize_attributes(request, said, noun.target(draft))
            wanted.append(draft)
            await asyncio.sleep(0)  # a draft may hold thousands of values: others have their turn before the next
        async with writing(request) as conn:
            made = await noun.insert_all(conn, wanted, caller)
            creates(*(draft.id for draft in wanted))
        return reply_created(body, noun.name, noun.plural, [noun.render(resource) for resource in made])

    async def show(self, request: web.Request) -> web.Response:
        noun = self._noun
        async with request.app[DATABASE].connection() as conn:
            resource = await noun.table.fetch(conn, self._id(request), caller_of(request).reach)
        authorize(request, noun.target(resource))
        return reply_one(request, noun.name, noun.render(resource))

    async def update(self, request: web.Request) -> web.Response:
        noun, caller = self._noun, caller_of(request)
        changes = getattr(await read_body(request), noun.name)
        async with writing(request) as conn:
            before = await noun.table.fetch_locked(conn, self._id(request), caller.reach)
            authorize(request, noun.target(before))
            authorize_attributes(request, changes, noun.target(before))
            wanted = noun.change(before, changes)
            authorize(request, noun.target(wanted))
            await noun.update_one(conn, before, wanted, caller)
            after = await noun.table.fetch(conn, before.id, None)
        return reply_one(request, noun.name, noun.render(after))

    async def delete(self, request: web.Request) -> web.Response:
        noun, caller = self._noun, caller_of(request)
        async with writing(request) as conn:
            resource = await noun.table.fetch_locked(conn, self._id(request), caller.reach)
            authorize(request, noun.target(resource))
            await noun.delete_one(conn, resource, caller)
        return no_content()

    def _id(self, request: web.Request) -> str:
        return path_uuid(request, "resource_id", self._noun.table.missing)
