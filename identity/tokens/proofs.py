"""Who a caller proves to be, by the methods that the body names. Every failure has the same answer."""

import time
from typing import NamedTuple

from identity.application_credentials import store as credentials
from identity.assembly import Identity
from identity.credentials import store as kept
from identity.credentials.schema import TOTP
from identity.credentials.totp import matching_step
from identity.domains.store import find_domain_by_name
from identity.federation.sign_in.arrangement import Arrangement
from identity.tokens.claims import Claims
from identity.tokens.refusals import LoginRefused
from identity.tokens.schema import ApplicationCredentialMethod, DomainNamed, PasscodeProof, Proofs, UserNamed, UserProof
from identity.users import store as users
from identity.users.accounts import Accounts
from identity.users.schema import LONGEST_PASSWORD_BYTES
from runtime.database import Connection, Database
from runtime.errors import BadRequest, Forbidden


class Vouched(NamedTuple):
    """A provider's word: by which arrangement it counts, and the groups that come of it. `own` users are known by it
    alone."""

    arrangement: Arrangement
    group_ids: tuple[str, ...]
    own: bool


class Proved(NamedTuple):
    """`password_hash` is the hash that the password was checked against, `parent` the token that was shown,
    `credential_id` the application credential whose secret was, `vouched` who said so when it was not us."""

    user_id: str
    methods: tuple[str, ...]
    password_hash: str | None = None
    parent: Claims | None = None
    credential_id: str | None = None
    vouched: Vouched | None = None


def accounts_of(proofs: Proofs) -> list[str]:
    """What the proofs that can be guessed name, in the words of whoever guesses."""
    found = []
    if "password" in proofs.methods and proofs.password is not None:
        found.append(f"user {_spelling(proofs.password.user)}")
    if "totp" in proofs.methods and proofs.totp is not None:
        found.append(f"user {_spelling(proofs.totp.user)}")
    if "application_credential" in proofs.methods and (credential := proofs.application_credential) is not None:
        found.append(f"credential {credential.id} {credential.name} {credential.user and _spelling(credential.user)}")
    return found


def _spelling(named: UserNamed) -> str:
    domain = named.domain and (named.domain.id, named.domain.name)
    return named.id or f"{named.name} {domain}"


async def prove(identity: Identity, database: Database, proofs: Proofs) -> Proved:
    """Raises Unauthorized unless every method named is satisfied, all by one user."""
    found: list[Proved] = []
    for method in dict.fromkeys(proofs.methods):
        match method:
            case "password" if proofs.password is not None:
                found.append(await _by_password(identity, database, proofs.password.user))
            case "application_credential" if proofs.application_credential is not None:
                found.append(await _by_credential(identity, database, proofs.application_credential))
            case "totp" if proofs.totp is not None:
                found.append(await _by_passcode(identity, database, proofs.totp.user))
            case "token" if proofs.token is not None:
                found.append(_by_token(identity, proofs.token.id))
            case _:
                raise LoginRefused("method", method=method[:64])
    if len({proved.user_id for proved in found}) != 1:
        raise LoginRefused("several users")
    return Proved(
        user_id=found[0].user_id,
        methods=tuple(dict.fromkeys(method for proved in found for method in proved.methods)),
        password_hash=next((proved.password_hash for proved in found if proved.password_hash), None),
        parent=next((proved.parent for proved in found if proved.parent), None),
        credential_id=next((proved.credential_id for proved in found if proved.credential_id), None),
    )


async def _by_password(identity: Identity, database: Database, proof: UserProof) -> Proved:
    if not proof.password:
        raise LoginRefused("empty password")
    _refuse_long(proof.password, "password.user.password")
    domain_id, user = await _find_user(identity.accounts, database, proof, "password.user")
    matches = await identity.accounts.verify(user, proof.password, domain_id)
    if not await identity.lockout.admits(user, _spelling(proof), matches=matches) or user is None:
        raise LoginRefused("password", user_id=user and user["id"])
    return Proved(user["id"], ("password",), password_hash=user["password_hash"])


async def _by_credential(identity: Identity, database: Database, proof: ApplicationCredentialMethod) -> Proved:
    """Who the credential belongs to, by its own row alone."""
    if not proof.secret:
        raise LoginRefused("empty secret")
    _refuse_long(proof.secret, "application_credential.secret")
    credential = await _find_credential(identity.accounts, database, proof)
    secret_hash = credential["secret_hash"] if credential else None
    if not await identity.hasher.verify(secret_hash, proof.secret) or credential is None:
        raise LoginRefused("application credential", credential_id=credential and credential["id"])
    return Proved(credential["user_id"], ("application_credential",), credential_id=credential["id"])


async def _find_credential(
    accounts: Accounts, database: Database, proof: ApplicationCredentialMethod
) -> credentials.Row | None:
    where = "application_credential.user"
    _, user = await _find_user(accounts, database, proof.user, where) if proof.user else (None, None)
    if proof.id is None and (proof.name is None or proof.user is None):
        raise BadRequest("Invalid input for auth.identity.application_credential: id, or name and user, is needed.")
    async with database.connection() as connection:
        if proof.id is None:
            return await credentials.find_credential_by_name(connection, user["id"], proof.name) if user else None
        credential = await credentials.find_credential(connection, proof.id)
    if proof.user and credential and (user is None or user["id"] != credential["user_id"]):
        return None
    return credential


async def _by_passcode(identity: Identity, database: Database, proof: PasscodeProof) -> Proved:
    """By any of the user's seeds; a passcode signs in once."""
    _, user = await _find_user(identity.accounts, database, proof, "totp.user")
    async with database.transaction() as connection:
        for seed in await kept.select_of(connection, user["id"], TOTP) if user else ():
            blob = identity.vault.open(seed["sealed"], seed["user_id"]) or ""
            step = matching_step(blob, proof.passcode or "", time.time(), seed["used_step"])
            if step is not None and await kept.use_step(connection, seed["id"], step):
                return Proved(seed["user_id"], ("totp",))
    raise LoginRefused("passcode", user_id=user and user["id"])


def _refuse_long(secret: str, where: str) -> None:
    if len(secret.encode(errors="surrogatepass")) > LONGEST_PASSWORD_BYTES:
        raise BadRequest(f"Invalid input for auth.identity.{where}: at most {LONGEST_PASSWORD_BYTES} bytes.")


def _by_token(identity: Identity, token: str) -> Proved:
    """Raises Forbidden for a token that was delegated: it says what it may, and is never made into another."""
    parent = identity.verifier.verify(token)
    if parent.delegation is not None:
        raise Forbidden("A token that was delegated cannot be scoped again.")
    return Proved(parent.sub, (*parent.methods, "token"), parent=parent)


async def _find_user(
    accounts: Accounts, database: Database, proof: UserNamed, where: str
) -> tuple[str | None, users.Row | None]:
    """(domain, if one was named, user). Raises BadRequest for a user that is not named at all."""
    if proof.id is not None:
        return None, await accounts.find(proof.id)
    if proof.name is None or proof.domain is None:
        raise BadRequest(f"Invalid input for auth.identity.{where}: id, or name and domain, is needed.")
    async with database.connection() as connection:
        domain_id = await domain_named(connection, proof.domain)
    return domain_id, await accounts.find_named(domain_id, proof.name) if domain_id else None


async def domain_named(connection: Connection, named: DomainNamed) -> str | None:
    """The id of the domain, which by-id is taken as it stands; None when there is no domain of that name."""
    if named.id is not None:
        return named.id
    if named.name is None:
        raise BadRequest("Invalid input for auth: a domain is named by its id or its name.")
    domain = await find_domain_by_name(connection, named.name)
    return domain["id"] if domain else None
