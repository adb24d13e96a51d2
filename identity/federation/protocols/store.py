"""Protocols in PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from identity.federation.identity_providers.store import ProviderNotFound
from identity.federation.mappings.store import find_mapping
from identity.users.options import METHODS
from runtime.database import Connection, naming, queries
from runtime.errors import BadRequest, Conflict, NotFound
from runtime.web.listing import Attribute, Listing

Row = Mapping[str, Any]
sql = queries(Path(__file__).with_name("queries.sql"))
LISTING = Listing("SELECT * FROM identity.federation_protocols", {"id": Attribute("id")})


class ProtocolNotFound(NotFound):
    def __init__(self, protocol_id: str) -> None:
        super().__init__(f"Could not find federated protocol {protocol_id[:64]} of this identity provider.")


async def insert_protocol(connection: Connection, idp_id: str, protocol_id: str, draft: Row) -> Row:
    """A protocol's name is the method that its tokens show, so it is none of our own."""
    if protocol_id in METHODS:
        raise BadRequest(f"Invalid input for protocol.id: '{protocol_id}' is a method of login of its own.")
    await _check_mapping(connection, draft["mapping_id"])
    taken = Conflict(
        f"Conflict occurred attempting to store protocol - Duplicate entry found with ID {protocol_id} "
        f"of identity provider {idp_id}."
    )
    refusals = {
        "federation_protocols_once": lambda: taken,
        "federation_protocols_provider": lambda: ProviderNotFound(idp_id),
    }
    with naming(refusals):
        return await sql.insert_protocol(
            connection,
            idp_id=idp_id,
            id=protocol_id,
            mapping_id=draft["mapping_id"],
            remote_id_attribute=draft.get("remote_id_attribute") or None,
        )


async def _check_mapping(connection: Connection, mapping_id: str) -> None:
    if await find_mapping(connection, mapping_id) is None:
        raise BadRequest("Invalid input for protocol.mapping_id: no such mapping.")


async def find_protocol(connection: Connection, idp_id: str, protocol_id: str) -> Row | None:
    return await sql.find_protocol(connection, idp_id=idp_id, id=protocol_id)


async def fetch_protocol(connection: Connection, idp_id: str, protocol_id: str) -> Row:
    """Raises ProtocolNotFound."""
    if (row := await find_protocol(connection, idp_id, protocol_id)) is None:
        raise ProtocolNotFound(protocol_id)
    return row


async def update_protocol(connection: Connection, idp_id: str, protocol_id: str, changes: Row) -> Row:
    row = await sql.lock_protocol(connection, idp_id=idp_id, id=protocol_id)
    if row is None:
        raise ProtocolNotFound(protocol_id)
    if "mapping_id" in changes:
        await _check_mapping(connection, changes["mapping_id"])
    values = {**row, **changes}
    return await sql.update_protocol(
        connection,
        idp_id=idp_id,
        id=protocol_id,
        mapping_id=values["mapping_id"],
        remote_id_attribute=values["remote_id_attribute"] or None,
    )


async def delete_protocol(connection: Connection, idp_id: str, protocol_id: str) -> None:
    """Deletes the protocol with the users whom it made, who could never sign in again."""
    if await sql.lock_protocol(connection, idp_id=idp_id, id=protocol_id) is None:
        raise ProtocolNotFound(protocol_id)
    await sql.delete_users(connection, idp_id=idp_id, protocol_id=protocol_id)
    await sql.delete_protocol(connection, idp_id=idp_id, id=protocol_id)
