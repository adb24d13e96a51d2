"""Rights that one user gave away: what a token made by them may do. Runs under the lock that holds rights still.

Nobody gives more than they have: the roles are those that were delegated and that the owner has there now.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from identity.application_credentials import store as credentials
from identity.assignments.store import select_role_ids
from identity.federation.sign_in.arrangement import KEEPER, find_arrangement_of_user
from identity.groups.store import first_end
from identity.roles.store import read_graph
from identity.tokens.claims import (
    ByCredential,
    ByTrust,
    Delegation,
    ProjectScope,
    Scope,
    directory_subject,
    domain_subject,
    grant_subject,
    heritage_subject,
    protocol_subject,
    provider_subject,
    trust_subject,
    user_subject,
)
from identity.tokens.schema import ProjectNamed
from identity.tokens.scopes import find_project_scope, is_enabled_domain
from identity.trusts import store as trusts
from identity.users.activity import is_enabled
from identity.users.store import find_user
from runtime.database import Connection


class Rights(NamedTuple):
    """What a token allows; `ends_at` is when that ends, in seconds since the epoch, `user` whom the token names when
    that is not who proved to be there, `parties` the ids of all whose own rights it hangs on."""

    scope: Scope
    roles: tuple[str, ...]
    delegation: Delegation = None
    ends_at: float = math.inf
    user: Mapping[str, Any] | None = None
    parties: frozenset[str] = frozenset()


async def rights_of_credential(connection: Connection, credential_id: str) -> Rights | None:
    """None when the credential is gone, or its project disabled, or nothing is left of its roles."""
    credential = await credentials.find_credential(connection, credential_id)
    if credential is None:
        return None
    scope = await find_project_scope(connection, ProjectNamed(id=credential["project_id"]))
    delegated = await credentials.select_role_ids(connection, credential_id)
    roles = await _held(connection, credential["user_id"], scope, delegated) if scope else ()
    if not roles:
        return None
    confined = bool(await credentials.select_rules_of(connection, credential_id))
    ends_at = credential["expires_at"].timestamp() if credential["expires_at"] else math.inf
    ends_at = min(ends_at, await first_end(connection, credential["user_id"]))
    return Rights(scope, roles, ByCredential(credential_id, credential["unrestricted"], confined), ends_at)


async def rights_of_trust(
    connection: Connection, trust_id: str, trustee: Mapping[str, Any], inactive_days: int
) -> Rights | None:
    """Takes one use of the trust. None when it is gone or another's, when the project or a party is disabled, be it one of
    the trusts that it was made from, or nothing is left of its roles with whoever gave the first of them."""
    trust = await trusts.use_trust(connection, trust_id, trustee["id"])
    if trust is None:
        return None
    sources = await trusts.select_sources(connection, trust_id)
    parties = await _enabled_parties(connection, [trust, *sources], inactive_days)
    if parties is None:
        return None
    providers = await _subjects_of_providers(connection, parties)
    if providers is None:
        return None
    owner, trustor = parties[[trust, *sources][-1]["trustor_user_id"]], parties[trust["trustor_user_id"]]
    scope, roles = None, ()
    if trust["project_id"] is not None:
        scope = await find_project_scope(connection, ProjectNamed(id=trust["project_id"]))
        delegated = frozenset(role["id"] for role in await trusts.select_roles(connection, trust_id))
        roles = await _held(connection, owner["id"], scope, delegated) if scope else ()
        if not roles:
            return None
    user, other = (trustor, trustee) if trust["impersonation"] else (trustee, trustor)
    delegation = ByTrust(
        id=trust_id,
        trustor_id=trustor["id"],
        trustee_id=trustee["id"],
        other_domain_id=other["domain_id"],
        impersonation=trust["impersonation"],
        sources=(*(_subjects(sources, parties, owner["id"], scope) if sources else ()), *providers),
        redelegable=trust["redelegation_count"] > 0,
    )
    ends_at = trust["expires_at"].timestamp() if trust["expires_at"] else math.inf
    ends_at = min(ends_at, await first_end(connection, owner["id"]))
    return Rights(scope, roles, delegation, ends_at, user, frozenset(parties))


async def _enabled_parties(
    connection: Connection, chain: Sequence[Mapping[str, Any]], inactive_days: int
) -> dict[str, Mapping[str, Any]] | None:
    """Every user who has a part in the trusts, by id; None when one of them may not sign in."""
    parties = {}
    for user_id in {trust[f"{party}_user_id"] for trust in chain for party in ("trustor", "trustee")}:
        user = await find_user(connection, user_id)
        if user is None or not is_enabled(user, inactive_days):
            return None
        if not await is_enabled_domain(connection, user["domain_id"]):
            return None
        parties[user_id] = user
    return parties


async def _subjects_of_providers(
    connection: Connection, parties: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...] | None:
    """What ends with the identity providers of those who have one; None when one of these may not sign in any more."""
    found: list[str] = []
    for user in parties.values():
        if user["keeper"] == KEEPER:
            arrangement = await find_arrangement_of_user(connection, user["id"])
            if arrangement is None:
                return None
            found += [provider_subject(arrangement.idp_id)]
            found += [protocol_subject(arrangement.idp_id, arrangement.protocol_id)]
    return tuple(dict.fromkeys(found))


def _subjects(
    sources: Sequence[Mapping[str, Any]], parties: Mapping[str, Mapping[str, Any]], owner_id: str, scope: Scope
) -> tuple[str, ...]:
    """What ends a token besides its own trust: see ByTrust."""
    found = [trust_subject(source["id"]) for source in sources]
    for user in parties.values():
        found += [user_subject(user["id"]), domain_subject(user["domain_id"]), directory_subject(user["domain_id"])]
    if isinstance(scope, ProjectScope):
        found += [grant_subject(owner_id, scope), heritage_subject(owner_id, scope.domain_id)]
    return tuple(dict.fromkeys(found))


async def _held(
    connection: Connection, user_id: str, scope: ProjectScope, delegated: frozenset[str]
) -> tuple[str, ...]:
    """Those of the delegated roles that the user has there, implied ones included, in a stable order."""
    graph = await read_graph(connection)
    return tuple(sorted(delegated & graph.expand(await select_role_ids(connection, user_id, scope))))
