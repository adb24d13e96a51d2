"""What ends when the word by which users of a provider signed in changes."""

from collections.abc import Sequence

from identity.federation.sign_in.arrangement import sql
from identity.revocations.store import revoke
from identity.tokens.claims import protocol_subject
from runtime.database import Connection


async def end_sign_ins(connection: Connection, protocols: Sequence[tuple[str, str]]) -> None:
    """Ends the tokens made by these protocols, each (idp_id, protocol_id), and takes back all that their mappings gave.

    So application credentials and trusts of these users give none of it either; the next login gives it anew, by what
    the mapping says then. The transaction has called change_rights, and no login writes before it ends: it holds rights
    before it gives any.
    """
    await sql.take_back_all(
        connection,
        idp_ids=[idp_id for idp_id, _ in protocols],
        protocol_ids=[protocol_id for _, protocol_id in protocols],
    )
    await revoke(connection, [protocol_subject(*protocol) for protocol in protocols])
