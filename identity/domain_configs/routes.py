"""Routes of the configuration of domains: the whole, one group of it, or one option.

A change is checked as it would then stand, and ends every token of the domain's users when a directory keeps them, or
did: they may be others now.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from identity.assembly import IDENTITY
from identity.directories.copies import forget_copies
from identity.domain_configs import store
from identity.domain_configs.options import (
    SENSITIVE,
    Config,
    DomainConfigNotFound,
    check_sent,
    check_supported,
    default_config,
    open_part,
    parse_group,
)
from identity.domains.store import fetch_domain
from identity.policy import authorize
from identity.revocations.store import change_rights, revoke
from identity.tokens.claims import directory_subject
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE

Change = Callable[[Config], Config]


class SetConfig(msgspec.Struct, forbid_unknown_fields=True):
    """`{group: {option: value}}`; on the path of an option `{option: value}`."""

    config: dict[str, Any]


async def show_defaults(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply({"config": default_config(*_path(request))})


async def show_config(request: web.Request) -> web.Response:
    authorize(request, {})
    group, option = _path(request)
    check_supported(group, option)
    domain_id = request.match_info["domain_id"]
    async with request.app[DATABASE].connection() as connection:
        await fetch_domain(connection, domain_id)
        config = open_part(await store.read_config(connection, request.app[IDENTITY].vault, domain_id))
    if not config or (group and group not in config) or (option and option not in config[group]):
        raise DomainConfigNotFound(domain_id, group, option)
    return reply({"config": _part(config, group, option)})


async def put_config(request: web.Request) -> web.Response:
    """The configuration, whatever there was; 201 when there was none."""
    authorize(request, {})
    sent = await _sent(request)
    before, after = await _change(request, lambda _: sent)
    return reply({"config": open_part(after)}, 200 if before else 201)


async def update_config(request: web.Request) -> web.Response:
    """Options over those that are set; of a path with a group or an option, one that is set already."""
    authorize(request, {})
    group, option = _path(request)
    sent = await _sent(request, group, option)

    def merge(present: Config) -> Config:
        _need(request, present)
        return {name: {**present.get(name, {}), **sent.get(name, {})} for name in {**present, **sent}}

    _, after = await _change(request, merge)
    return reply({"config": _part(open_part(after), group, option)})


async def delete_config(request: web.Request) -> web.Response:
    authorize(request, {})
    group, option = _path(request)
    check_supported(group, option)

    def remove(present: Config) -> Config:
        _need(request, present)
        left = {
            name: {key: value for key, value in options.items() if (name, key) != (group, option)}
            for name, options in present.items()
            if group and (option or name != group)
        }
        return {name: options for name, options in left.items() if options}

    await _change(request, remove)
    return no_content()


async def _change(request: web.Request, change: Change) -> tuple[Config, Config]:
    """(configuration before, after), for a caller who may change it."""
    identity, domain_id = request.app[IDENTITY], request.match_info["domain_id"]
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await store.lock_domain(connection, domain_id)
        before = await store.read_config(connection, identity.vault, domain_id)
        after = change(before)
        for group, options in after.items():
            parse_group(group, options)
        was_elsewhere = await store.find_version(connection, domain_id) is not None
        await store.replace_config(connection, identity.vault, domain_id, after)
        await store.set_keeper(connection, domain_id, after)
        if was_elsewhere and before != after:
            await forget_copies(connection, domain_id)
            await revoke(connection, [directory_subject(domain_id)])
    await identity.feed.publish()
    return before, after


def _need(request: web.Request, present: Config) -> None:
    """Raises DomainConfigNotFound unless what the path names is set."""
    group, option = _path(request)
    if not present or (group and group not in present) or (option and option not in present[group]):
        raise DomainConfigNotFound(request.match_info["domain_id"], group, option)


async def _sent(request: web.Request, group: str | None = None, option: str | None = None) -> Config:
    body: SetConfig = await read_body(request)
    return check_sent(body.config, group, option)


def _path(request: web.Request) -> tuple[str | None, str | None]:
    return request.match_info.get("group"), request.match_info.get("option")


def _part(config: Config, group: str | None, option: str | None) -> Config:
    """What an answer shows: of the path of an option that one alone, of a secret one nothing."""
    if option is not None:
        return {} if (group, option) in SENSITIVE else {option: config[group or ""][option]}
    return {group: config.get(group, {})} if group else config
