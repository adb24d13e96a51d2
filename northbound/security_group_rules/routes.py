"""The security group rules API. Every change of a rule is a change of its group."""

import uuid
from collections.abc import Sequence

from aiohttp import web
from msgspec import UNSET

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.address_groups.noun import ADDRESS_GROUPS
from northbound.envelope import drafts, read_drafts, reply_created, reply_one, reply_page
from northbound.security_group_rules import store
from northbound.security_group_rules.errors import (
    SecurityGroupNotSingleGroupRules,
    SecurityGroupRuleNotFound,
)
from northbound.security_group_rules.schema import RuleDraft, parse_draft, render_rule
from northbound.security_groups import store as groups
from northbound.security_groups.group import SecurityGroupNotFound
from northbound.tags.filters import WORDS, filter_tags
from northbound.writes import writing
from runtime.attributes import is_uuid
from runtime.errors import BadRequest
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import path_uuid


async def list_security_group_rules(request: web.Request) -> web.Response:
    caller = caller_of(request)
    authorize(request, {"project_id": caller.project_id})
    page, where = parse_page(request.query, store.LISTING, ignore=WORDS), Where()
    filter_tags(where, request.query, store.TAGS_SQL)
    async with request.app[DATABASE].connection() as conn:
        found = await store.list_rules(conn, page, where, caller.reach)
    return reply_page(request, "security_group_rules", page, [render_rule(rule) for rule in found])


async def create_security_group_rules(request: web.Request) -> web.Response:
    body = await read_drafts(request, "security_group_rule", "security_group_rules")
    wanted: Sequence[RuleDraft] = drafts(body, "security_group_rule", "security_group_rules")
    group_id, reach = _one_group(wanted), caller_of(request).reach
    named = [draft.remote_group_id.lower() for draft in wanted if draft.remote_group_id is not None]
    async with writing(request) as conn:
        usable = await groups.usable_groups(conn, [group_id, *filter(is_uuid, named)], reach)
        if group_id not in usable:
            raise SecurityGroupNotFound(group_id)
        owner = usable[group_id]
        authorize(request, {"project_id": owner})
        rules = [parse_draft(draft, str(uuid.uuid4()), _owner(draft, owner, reach)) for draft in wanted]
        for missing in (name for name in named if name not in usable):
            raise SecurityGroupNotFound(missing)
        for address_group_id in {rule.remote_address_group_id for rule in rules} - {None}:
            await ADDRESS_GROUPS.fetch_kept(conn, address_group_id, reach)
        made = await store.insert_rules(conn, rules, touching=True)
        creates(*(rule.id for rule in rules))
    return reply_created(body, "security_group_rule", "security_group_rules", [render_rule(rule) for rule in made])


def _owner(draft: RuleDraft, group_owner: str, reach: str | None) -> str:
    """The rule's project: its group's, unless an administrator names another, whose quota it counts in then."""
    for said in (draft.project_id, draft.tenant_id):
        if said not in (UNSET, group_owner):
            if reach is None:
                return str(said)
            raise BadRequest("Invalid input for project_id: a rule belongs to the project of its security group.")
    return group_owner


def _one_group(wanted: Sequence[RuleDraft]) -> str:
    group_ids = {draft.security_group_id for draft in wanted}
    if len(group_ids) > 1:
        raise SecurityGroupNotSingleGroupRules
    return group_ids.pop()


async def show_security_group_rule(request: web.Request) -> web.Response:
    async with request.app[DATABASE].connection() as conn:
        rule = await store.fetch_rule(conn, _rule_id(request), caller_of(request).reach)
    authorize(request, {"project_id": rule.project_id})
    return reply_one(request, "security_group_rule", render_rule(rule))


async def update_security_group_rule(request: web.Request) -> web.Response:
    """The description alone: what a rule permits never changes."""
    rule_id, reach = _rule_id(request), caller_of(request).reach
    changes = (await read_body(request)).security_group_rule
    async with writing(request) as conn:
        rule = await store.fetch_rule(conn, rule_id, reach)
        authorize(request, {"project_id": rule.project_id})
        if changes.description is not UNSET:
            await store.update_description(conn, rule_id, changes.description)
        after = await store.fetch_rule(conn, rule_id, reach)
    return reply_one(request, "security_group_rule", render_rule(after))


async def delete_security_group_rule(request: web.Request) -> web.Response:
    rule_id, reach = _rule_id(request), caller_of(request).reach
    async with writing(request) as conn:
        rule = await store.fetch_rule(conn, rule_id, reach)
        authorize(request, {"project_id": rule.project_id})
        await store.delete_rule(conn, rule)
        await groups.rule_went(conn, rule.security_group_id)
    return no_content()


def _rule_id(request: web.Request) -> str:
    return path_uuid(request, "security_group_rule_id", SecurityGroupRuleNotFound)
