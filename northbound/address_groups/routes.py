"""Adding addresses to a group and removing them: the rest of the API is the noun's."""

from collections.abc import Callable

import msgspec
from aiohttp import web

from identity.callers import caller_of
from identity.policy import authorize
from northbound.address_groups.address_group import (
    AddressesAlreadyExist,
    AddressesNotFound,
    AddressGroup,
    AddressGroupNotFound,
)
from northbound.address_groups.noun import ADDRESS_GROUP, ADDRESS_GROUPS
from northbound.address_groups.schema import checked, parse_addresses
from northbound.envelope import reply_one
from northbound.writes import writing
from runtime.web.bodies import read_body
from runtime.web.routes import path_uuid


async def add_addresses(request: web.Request) -> web.Response:
    wanted = parse_addresses((await read_body(request)).addresses)

    def more(group: AddressGroup) -> list[str]:
        held = set(group.addresses)
        if present := [address for address in wanted if address in held]:
            raise AddressesAlreadyExist(group.id, present)
        return checked([*group.addresses, *wanted])

    return await _change(request, more)


async def remove_addresses(request: web.Request) -> web.Response:
    unwanted = parse_addresses((await read_body(request)).addresses, bare=True)

    def less(group: AddressGroup) -> list[str]:
        held, gone = set(group.addresses), set(unwanted)
        if absent := [address for address in unwanted if address not in held]:
            raise AddressesNotFound(group.id, absent)
        return [address for address in group.addresses if address not in gone]

    return await _change(request, less)


async def _change(request: web.Request, changed: Callable[[AddressGroup], list[str]]) -> web.Response:
    group_id = path_uuid(request, "resource_id", AddressGroupNotFound)
    async with writing(request) as conn:
        before = await ADDRESS_GROUPS.fetch_locked(conn, group_id, caller_of(request).reach)
        authorize(request, ADDRESS_GROUP.target(before))
        after = msgspec.structs.replace(before, addresses=changed(before))
        await ADDRESS_GROUPS.update(conn, before, after)
        after = await ADDRESS_GROUPS.fetch(conn, group_id, None)
    return reply_one(request, ADDRESS_GROUP.name, ADDRESS_GROUP.render(after))
