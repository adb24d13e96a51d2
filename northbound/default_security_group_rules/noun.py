"""Default security group rules, declared, and the rules that a new group starts with."""

from identity.callers import Caller
from northbound.address_groups.noun import ADDRESS_GROUPS
from northbound.default_security_group_rules.policy import RULES
from northbound.default_security_group_rules.schema import (
    CreateTemplate,
    UpdateTemplate,
    draft_template,
    render_template,
)
from northbound.default_security_group_rules.template import (
    DefaultSecurityGroupRuleExists,
    DefaultSecurityGroupRuleNotFound,
    Template,
    instantiate,
    target_of_rules,
)
from northbound.nouns.noun import Noun
from northbound.nouns.table import Table
from northbound.security_group_rules.rule import Rule
from runtime.database import Connection
from runtime.web.listing import Attribute, Listing, Page, Where

TEMPLATES = Table(
    name="northbound.default_security_group_rules",
    shape=Template,
    listing=Listing(
        select="SELECT t.* FROM northbound.default_security_group_rules t",
        attributes={
            "id": Attribute("t.id", "uuid"),
            "description": Attribute("t.description"),
            "direction": Attribute("t.direction"),
            "ethertype": Attribute("t.ethertype"),
            "protocol": Attribute("t.protocol"),
            "port_range_min": Attribute("t.port_range_min", "int"),
            "port_range_max": Attribute("t.port_range_max", "int"),
            "remote_ip_prefix": Attribute("t.remote_ip_prefix::text"),
            "remote_group_id": Attribute("CASE WHEN t.remote_is_parent THEN 'PARENT' ELSE '' END"),
            "remote_address_group_id": Attribute("t.remote_address_group_id", "uuid", sortable=False),
            "used_in_default_sg": Attribute("t.used_in_default_sg", "bool"),
            "used_in_non_default_sg": Attribute("t.used_in_non_default_sg", "bool"),
            "revision_number": Attribute("t.revision_number", "int"),
            "created_at": Attribute("t.created_at", "time"),
            "updated_at": Attribute("t.updated_at", "time"),
        },
    ),
    columns=(
        *("id", "description", "direction", "ethertype", "protocol", "protocol_number", "port_range_min"),
        *("port_range_max", "remote_ip_prefix", "remote_is_parent", "remote_address_group_id"),
        *("used_in_default_sg", "used_in_non_default_sg"),
    ),
    changing=("description",),
    missing=DefaultSecurityGroupRuleNotFound,
    visible="{0}::text IS NOT NULL",
    constraints={
        "default_security_group_rules_in_default": lambda _template: DefaultSecurityGroupRuleExists(),
        "default_security_group_rules_in_others": lambda _template: DefaultSecurityGroupRuleExists(),
    },
)


async def insert(conn: Connection, draft: Template, caller: Caller) -> None:
    if draft.remote_address_group_id is not None:
        await ADDRESS_GROUPS.fetch_kept(conn, draft.remote_address_group_id, caller.reach)
    await TEMPLATES.insert(conn, draft)


async def first_rules(conn: Connection, group_id: str, project_id: str, *, default: bool) -> list[Rule]:
    """The rules that a new group starts with; `default`: it is its project's default group."""
    where = Where()
    where.add(f"t.used_in_{'default' if default else 'non_default'}_sg")
    templates = await TEMPLATES.select(conn, Page(sort=[("direction", False), ("ethertype", False)]), where, None)
    return [instantiate(template, group_id, project_id) for template in templates]


DEFAULT_SECURITY_GROUP_RULE = Noun(
    name="default_security_group_rule",
    plural="default_security_group_rules",
    path="default-security-group-rules",
    table=TEMPLATES,
    rules=RULES,
    create_body=CreateTemplate,
    update_body=UpdateTemplate,
    draft=draft_template,
    render=render_template,
    target=target_of_rules,
    insert=insert,
)
