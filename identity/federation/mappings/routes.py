"""Routes of mappings: `/v3/OS-FEDERATION/mappings`.

Whoever signed in by rules that change does so again by the new ones: what a rule no longer gives ends at once, also for what acts
in their name.
"""

from aiohttp import web
from msgspec import UNSET

from identity.assembly import IDENTITY
from identity.federation.mappings import store
from identity.federation.mappings.schema import PutMapping, UpdateMapping, render
from identity.federation.names import name_in_path
from identity.federation.sign_in.endings import end_sign_ins
from identity.links import linked
from identity.lists import reply_listing
from identity.policy import authorize
from identity.revocations.store import change_rights
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE

COLLECTION = "OS-FEDERATION/mappings"


async def list_mappings(request: web.Request) -> web.Response:
    authorize(request, {})
    return await reply_listing(request, "mappings", store.LISTING, render, path=COLLECTION)


async def create_mapping(request: web.Request) -> web.Response:
    """A new mapping with the id of the path."""
    authorize(request, {})
    body: PutMapping = await read_body(request)
    mapping_id = name_in_path(request, "mapping_id", body.mapping.id)
    version = body.mapping.schema_version or "1.0"
    async with request.app[DATABASE].transaction() as connection:
        row = await store.insert_mapping(connection, mapping_id, body.mapping.rules, version)
    return reply({"mapping": linked(request, COLLECTION, render(row))}, 201)


async def show_mapping(request: web.Request) -> web.Response:
    authorize(request, {})
    async with request.app[DATABASE].connection() as connection:
        row = await store.fetch_mapping(connection, request.match_info["mapping_id"])
    return reply({"mapping": linked(request, COLLECTION, render(row))})


async def update_mapping(request: web.Request) -> web.Response:
    authorize(request, {})
    body: UpdateMapping = await read_body(request)
    mapping_id = name_in_path(request, "mapping_id", body.mapping.id)
    rules, version = (None if value is UNSET else value for value in (body.mapping.rules, body.mapping.schema_version))
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        row = await store.update_mapping(connection, mapping_id, rules, version)
        await end_sign_ins(connection, await store.protocols_of_mapping(connection, mapping_id))
    await request.app[IDENTITY].feed.publish()
    return reply({"mapping": linked(request, COLLECTION, render(row))})


async def delete_mapping(request: web.Request) -> web.Response:
    authorize(request, {})
    mapping_id = request.match_info["mapping_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await store.delete_mapping(connection, mapping_id)
        await end_sign_ins(connection, await store.protocols_of_mapping(connection, mapping_id))
    await request.app[IDENTITY].feed.publish()
    return no_content()
