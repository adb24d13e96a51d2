"""Application credentials and access rules in PostgreSQL. Secrets arrive here hashed."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from identity.application_credentials.schema import NewAccessRule
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, Forbidden, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
MOST_CREDENTIALS = 100
MOST_RULES = 256
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing(
    """SELECT *,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', role.id, 'name', role.name, 'domain_id', role.domain_id) ORDER BY role.name)
        FROM identity.application_credential_roles JOIN identity.roles AS role ON role.id = role_id
        WHERE application_credential_id = credential.id
    ), '[]') AS roles,
    coalesce((
        SELECT jsonb_agg(to_jsonb(rule) ORDER BY rule.service, rule.path, rule.method)
        FROM identity.application_credential_access_rules JOIN identity.access_rules AS rule ON rule.id = access_rule_id
        WHERE application_credential_id = credential.id
    ), '[]') AS access_rules
FROM identity.application_credentials AS credential""",
    {"id": Attribute("id"), "name": Attribute("name"), "user_id": Attribute("user_id")},
)
RULES_LISTING = Listing(
    "SELECT * FROM identity.access_rules",
    {name: Attribute(name) for name in ("id", "user_id", "service", "method", "path")},
)


class ApplicationCredentialNotFound(NotFound):
    def __init__(self, credential_id: str) -> None:
        super().__init__(f"Could not find application credential: {credential_id[:64]}.")


class AccessRuleNotFound(NotFound):
    def __init__(self, rule_id: str) -> None:
        super().__init__(f"Could not find access rule: {rule_id[:64]}.")


async def insert_credential(
    connection: Connection, values: Row, role_ids: Iterable[str], rules: Sequence[NewAccessRule]
) -> str:
    """The id of the new credential; its owner is locked, so that bounds hold. `values` are its columns but the id."""
    credential_id, user_id = uuid.uuid4().hex, values["user_id"]
    await sql.lock_owner(connection, id=user_id)
    if await sql.count_credentials(connection, user_id=user_id) >= MOST_CREDENTIALS:
        raise Forbidden(f"A user has {MOST_CREDENTIALS} application credentials at most: delete one first.")
    taken = Conflict(
        "Conflict occurred attempting to store application_credential - "
        f"Duplicate entry found with name {values['name']}."
    )
    gone = {
        f"application_credentials_{noun}": lambda noun=noun: NotFound(f"Could not find {noun}.")
        for noun in ("user", "project")
    }
    with naming({"application_credentials_name_once": lambda: taken, **gone}):
        await sql.insert_credential(connection, id=credential_id, **values)
    await sql.insert_roles(connection, id=credential_id, role_ids=list(role_ids))
    rule_ids = [await _rule_id(connection, user_id, rule) for rule in rules]
    await sql.confine(connection, id=credential_id, rule_ids=rule_ids)
    if await sql.count_rules(connection, user_id=user_id) > MOST_RULES:
        raise Forbidden(f"A user has {MOST_RULES} access rules at most: delete those that are not in use.")
    return credential_id


async def _rule_id(connection: Connection, user_id: str, rule: NewAccessRule) -> str:
    if rule.id is None:
        return await sql.insert_rule(
            connection,
            id=uuid.uuid4().hex,
            user_id=user_id,
            service=rule.service,
            method=rule.method,
            path=rule.path,
        )
    if await sql.find_rule(connection, id=rule.id, user_id=user_id) is None:
        raise BadRequest("Invalid input for application_credential.access_rules: no such access rule of yours.")
    return rule.id


async def find_credential(connection: Connection, credential_id: str) -> Row | None:
    return await sql.find_credential(connection, id=credential_id)


async def find_credential_by_name(connection: Connection, user_id: str, name: str) -> Row | None:
    return await sql.find_credential_by_name(connection, user_id=user_id, name=name)


async def select_role_ids(connection: Connection, credential_id: str) -> frozenset[str]:
    return frozenset([row["role_id"] async for row in sql.select_role_ids(connection, id=credential_id)])


async def select_rules_of(connection: Connection, credential_id: str) -> tuple[Row, ...]:
    return tuple([row async for row in sql.select_rules_of(connection, id=credential_id)])


async def delete_credential(connection: Connection, credential_id: str) -> None:
    await sql.delete_credential(connection, id=credential_id)


async def delete_rule(connection: Connection, rule_id: str) -> None:
    """Raises Forbidden while a credential is confined by it."""
    refusal = Forbidden("The access rule is in use by an application credential: delete that first.")
    with naming({"access_rules_in_use": lambda: refusal}):
        await sql.delete_rule(connection, id=rule_id)
