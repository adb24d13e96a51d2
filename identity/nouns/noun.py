"""What a slice says of a plain resource, and the five routes that follow.

    Noun -> routes (list, create, show, update, delete)
         `-> Table -> SELECT, INSERT, UPDATE, DELETE on one table

A slice with more to do than write its own row gives `prepare`; one whose requests have a shape of their own writes a
`routes.py` and takes of these handlers what fits.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from identity.bodies import read_noun
from identity.links import linked
from identity.lists import reply_listing
from identity.nouns.table import Row, Table
from identity.policy import authorize
from runtime.database import Connection
from runtime.web.bodies import no_content, reply
from runtime.web.keys import DATABASE
from runtime.web.routes import Route

Attributes = dict[str, Any]


async def as_sent(_connection: Connection, sent: Attributes) -> Attributes:
    return sent


@dataclass(frozen=True, kw_only=True)
class Noun:
    """`name` and `plural` are the keys on the wire, `path` is the collection's place below /v3.

    The rules of its routes are `identity:list_<plural>` and `identity:<verb>_<name>`, verbs get, create, update, delete;
    they are asked before anything is read, so that who may not ask learns nothing.
    `prepare` turns what was sent into columns, in the transaction that writes them.
    """

    name: str
    plural: str
    path: str
    table: Table
    create_body: type
    update_body: type
    render: Callable[[Row], Attributes]
    prepare: Callable[[Connection, Attributes], Awaitable[Attributes]] = as_sent

    def routes(self) -> dict[str, dict[str, Route]]:
        """The lines of ROUTES for this noun."""
        return {
            f"/v3/{self.path}": {
                "GET": Route(self.list, f"identity:list_{self.plural}"),
                "POST": Route(self.create, f"identity:create_{self.name}", self.create_body),
            },
            f"/v3/{self.path}/{{{self.name}_id}}": {
                "GET": Route(self.show, f"identity:get_{self.name}"),
                "PATCH": Route(self.update, f"identity:update_{self.name}", self.update_body),
                "DELETE": Route(self.delete, f"identity:delete_{self.name}"),
            },
        }

    async def list(self, request: web.Request) -> web.Response:
        authorize(request, {})
        return await reply_listing(request, self.plural, self.table.listing, self.render, path=self.path)

    async def create(self, request: web.Request) -> web.Response:
        authorize(request, {})
        draft, extra = await read_noun(request)
        async with request.app[DATABASE].transaction() as connection:
            row = await self.table.insert(connection, await self.prepare(connection, draft), extra)
        return self.reply_one(request, row, 201)

    async def show(self, request: web.Request) -> web.Response:
        authorize(request, {})
        async with request.app[DATABASE].connection() as connection:
            row = await self.table.fetch(connection, self.id_of(request))
        return self.reply_one(request, row)

    async def update(self, request: web.Request) -> web.Response:
        authorize(request, {})
        changes, extra = await read_noun(request)
        async with request.app[DATABASE].transaction() as connection:
            changes = await self.prepare(connection, changes)
            row = await self.table.update(connection, self.id_of(request), changes, extra)
        return self.reply_one(request, row)

    async def delete(self, request: web.Request) -> web.Response:
        authorize(request, {})
        async with request.app[DATABASE].transaction() as connection:
            await self.table.delete(connection, self.id_of(request))
        return no_content()

    def id_of(self, request: web.Request) -> str:
        return request.match_info[f"{self.name}_id"]

    def reply_one(self, request: web.Request, row: Row, status: int = 200) -> web.Response:
        return reply({self.name: linked(request, self.path, self.render(row))}, status)
