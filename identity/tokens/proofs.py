"""Who a caller proves to be, by the methods that the body names. Every failure has the same answer."""

from typing import NamedTuple

import structlog

from identity.assembly import Identity
from identity.domains.store import find_domain_by_name
from identity.tokens.claims import Claims
from identity.tokens.schema import DomainNamed, Proofs, UserProof
from identity.tokens.verifier import sign_in_required
from identity.users import store as users
from identity.users.schema import LONGEST_PASSWORD_BYTES
from runtime.database import Connection, Database
from runtime.errors import BadRequest

log = structlog.get_logger()


class Proved(NamedTuple):
    """`password_hash` is the hash that the password was checked against, `parent` the token that was shown."""

    user_id: str
    methods: tuple[str, ...]
    password_hash: str | None = None
    parent: Claims | None = None


async def prove(identity: Identity, database: Database, proofs: Proofs) -> Proved:
    """Raises Unauthorized unless every method named is satisfied, all by one user."""
    found: list[Proved] = []
    for method in dict.fromkeys(proofs.methods):
        match method:
            case "password" if proofs.password is not None:
                found.append(await _by_password(identity, database, proofs.password.user))
            case "token" if proofs.token is not None:
                found.append(_by_token(identity, proofs.token.id))
            case _:
                log.info("login refused", reason="method", method=method)
                raise sign_in_required()
    if len({proved.user_id for proved in found}) != 1:
        raise sign_in_required()
    return Proved(
        user_id=found[0].user_id,
        methods=tuple(dict.fromkeys(method for proved in found for method in proved.methods)),
        password_hash=next((proved.password_hash for proved in found if proved.password_hash), None),
        parent=next((proved.parent for proved in found if proved.parent), None),
    )


async def _by_password(identity: Identity, database: Database, proof: UserProof) -> Proved:
    if not proof.password:
        raise sign_in_required()
    if len(proof.password.encode(errors="surrogatepass")) > LONGEST_PASSWORD_BYTES:
        raise BadRequest(
            f"Invalid input for auth.identity.password.user.password: at most {LONGEST_PASSWORD_BYTES} bytes."
        )
    async with database.connection() as connection:
        user = await _find_user(connection, proof)
    password_hash = user["password_hash"] if user else None
    if not await identity.hasher.verify(password_hash, proof.password) or user is None:
        log.info("login refused", reason="password", user_id=user and user["id"])
        raise sign_in_required()
    return Proved(user["id"], ("password",), password_hash=password_hash)


def _by_token(identity: Identity, token: str) -> Proved:
    parent = identity.verifier.verify(token)
    return Proved(parent.sub, (*parent.methods, "token"), parent=parent)


async def _find_user(connection: Connection, proof: UserProof) -> users.Row | None:
    """Raises BadRequest for a user that is not named at all."""
    if proof.id is not None:
        return await users.find_user(connection, proof.id)
    if proof.name is None or proof.domain is None:
        raise BadRequest("Invalid input for auth.identity.password.user: id, or name and domain, is needed.")
    domain_id = await domain_named(connection, proof.domain)
    return await users.find_user_by_name(connection, domain_id, proof.name) if domain_id else None


async def domain_named(connection: Connection, named: DomainNamed) -> str | None:
    """The id of the domain, which by-id is taken as it stands; None when there is no domain of that name."""
    if named.id is not None:
        return named.id
    if named.name is None:
        raise BadRequest("Invalid input for auth: a domain is named by its id or its name.")
    domain = await find_domain_by_name(connection, named.name)
    return domain["id"] if domain else None
