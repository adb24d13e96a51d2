"""Identity providers in PostgreSQL."""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from identity.domains.store import DOMAINS
from runtime.database import Connection, naming, naming_by_detail, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
REMOTE_IDS = "array(SELECT remote_id FROM identity.remote_ids WHERE idp_id = provider.id ORDER BY remote_id)"
LISTING = Listing(
    f"SELECT provider.*, {REMOTE_IDS} AS remote_ids FROM identity.identity_providers AS provider",
    {
        "id": Attribute("provider.id"),
        "enabled": Attribute("provider.enabled", "bool"),
        "domain_id": Attribute("provider.domain_id"),
    },
)
FIND = f"{LISTING.select} WHERE provider.id = $1"


class ProviderNotFound(NotFound):
    def __init__(self, idp_id: str) -> None:
        super().__init__(f"Could not find identity provider: {idp_id[:64]}.")


async def insert_provider(connection: Connection, idp_id: str, draft: Row) -> Row:
    """`draft` may lack any attribute; a provider that names no domain gets one of its own."""
    domain_id = draft.get("domain_id") or await _make_domain(connection, idp_id)
    taken = Conflict(
        f"Conflict occurred attempting to store identity_provider - Duplicate entry found with ID {idp_id}."
    )
    refusals = {
        "identity_providers_pkey": lambda: taken,
        "identity_providers_domain": lambda: DOMAINS.missing(domain_id),
    }
    with naming(refusals):
        await sql.insert_provider(
            connection,
            id=idp_id,
            domain_id=domain_id,
            enabled=draft.get("enabled", False),
            description=draft.get("description"),
            authorization_ttl=draft.get("authorization_ttl"),
        )
    await _set_remote_ids(connection, idp_id, draft.get("remote_ids") or ())
    return await fetch_provider(connection, idp_id)


async def _make_domain(connection: Connection, idp_id: str) -> str:
    domain_id = uuid.uuid4().hex
    description = f"Users of the identity provider {idp_id}"
    await DOMAINS.insert(connection, {"id": domain_id, "name": domain_id, "description": description})
    return domain_id


async def _set_remote_ids(connection: Connection, idp_id: str, remote_ids: Sequence[str]) -> None:
    if len(set(remote_ids)) < len(remote_ids):
        raise BadRequest("Invalid input for identity_provider.remote_ids: each of them once.")
    await sql.delete_remote_ids(connection, idp_id=idp_id)
    with naming_by_detail({"remote_ids_once": _remote_id_taken}):
        await sql.insert_remote_ids(connection, idp_id=idp_id, remote_ids=list(remote_ids))


def _remote_id_taken(detail: str) -> Conflict:
    remote_id = detail.partition("=(")[2].partition(")")[0]
    return Conflict(f"Duplicate remote ID: {remote_id}. It belongs to another identity provider.")


async def find_provider(connection: Connection, idp_id: str) -> Row | None:
    return await connection.fetchrow(FIND, idp_id)


async def fetch_provider(connection: Connection, idp_id: str) -> Row:
    """Raises ProviderNotFound."""
    if (row := await find_provider(connection, idp_id)) is None:
        raise ProviderNotFound(idp_id)
    return row


async def update_provider(connection: Connection, idp_id: str, changes: Row) -> tuple[Row, Row]:
    """(the row before, the row after the change). Raises BadRequest for a move to another domain."""
    if await sql.lock_provider(connection, id=idp_id) is None:
        raise ProviderNotFound(idp_id)
    row = await fetch_provider(connection, idp_id)
    if changes.get("domain_id", row["domain_id"]) != row["domain_id"]:
        raise BadRequest("Invalid input for identity_provider.domain_id: it cannot be changed.")
    values = {**row, **changes}
    await sql.update_provider(
        connection,
        id=idp_id,
        enabled=values["enabled"],
        description=values["description"],
        authorization_ttl=values["authorization_ttl"],
    )
    if "remote_ids" in changes:
        await _set_remote_ids(connection, idp_id, changes["remote_ids"] or ())
    return row, await fetch_provider(connection, idp_id)


async def delete_provider(connection: Connection, idp_id: str) -> None:
    """Deletes the provider with its protocols and its users, who could never sign in again. Its domain stays."""
    if await sql.lock_provider(connection, id=idp_id) is None:
        raise ProviderNotFound(idp_id)
    await sql.delete_users(connection, idp_id=idp_id)
    await sql.delete_provider(connection, id=idp_id)
