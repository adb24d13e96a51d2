"""Signing in with a token of a provider: `/v3/OS-FEDERATION/identity_providers/{idp}/protocols/{protocol}/auth`.

The token stands in the header `Authorization`, and nothing else of the request says who is calling. It is taken for
what it is by an issuer of this very provider, and by no other.
"""

import re

import msgspec
from aiohttp import web

from identity.assembly import IDENTITY
from identity.audit.event import Event, describe
from identity.audit.store import insert_events
from identity.callers import Caller
from identity.federation.mappings.evaluation import Assertion, Mapped, MappingRefused, evaluate
from identity.federation.mappings.rules import Rule
from identity.federation.oidc.verification import TokenRefused
from identity.federation.sign_in.accounts import Account, find_local_account, settle_account
from identity.federation.sign_in.arrangement import Arrangement, find_arrangement
from identity.federation.sign_in.assertion import assertion_of
from identity.tokens.claims import Claims
from identity.tokens.grants import grant
from identity.tokens.proofs import Proved, Vouched
from identity.tokens.refusals import LoginRefused
from identity.tokens.routes import reply_new_token
from identity.tokens.schema import Proofs, Wish
from runtime.web.keys import DATABASE

BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]+)", re.IGNORECASE)


async def create_federated_token(request: web.Request) -> web.Response:
    """A token without a scope, for whoever shows a token of the provider."""
    idp_id, protocol_id = request.match_info["idp_id"], request.match_info["protocol_id"]
    logins = request.app[IDENTITY].logins
    request["login"] = [f"identity provider {idp_id[:64]}"]
    with logins.watch((), request.remote or "", is_guess=True):
        try:
            claims = await _sign_in(request, idp_id, protocol_id)
        except (TokenRefused, MappingRefused) as refusal:
            raise LoginRefused(str(refusal), idp_id=idp_id[:64], protocol_id=protocol_id[:64]) from refusal
    return await reply_new_token(request, claims)


async def _sign_in(request: web.Request, idp_id: str, protocol_id: str) -> Claims:
    """The account and its token are two transactions: the second one takes place only if nothing of what the first went
    by has changed."""
    identity, database = request.app[IDENTITY], request.app[DATABASE]
    token = _bearer(request)
    async with database.connection() as connection:
        arrangement = await find_arrangement(connection, idp_id, protocol_id)
    if arrangement is None:
        raise TokenRefused("no such identity provider and protocol, or it is disabled")
    said = assertion_of(await identity.issuers.verified(token, arrangement.remote_ids))
    mapped = _mapped(arrangement, said)
    if mapped.user.is_local:
        account = await find_local_account(identity.accounts, database, mapped.user)
    else:
        async with database.transaction() as connection:
            account = await settle_account(connection, arrangement, mapped)
            await insert_events(connection, [_settled(request, account, mapped, arrangement)])
    if account.has_lost_rights:
        await identity.feed.publish()
    vouched = Vouched(arrangement, account.group_ids, account.own)
    proved = Proved(account.user_id, (protocol_id,), vouched=vouched)
    async with database.transaction() as connection:
        return await grant(connection, proved, _unscoped(protocol_id), identity.settings)


def _settled(request: web.Request, account: Account, mapped: Mapped, arrangement: Arrangement) -> Event:
    """Such a login makes its account or changes what that may do, so that it is an event, unlike other good ones."""
    name = mapped.user.name or mapped.user.id or ""
    who = Caller(account.user_id, name, arrangement.domain_id)
    return describe(request, who, "users", account.user_id, action="authenticate")


def _bearer(request: web.Request) -> str:
    sent = request.headers.getall("Authorization", [])
    found = BEARER.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None:
        raise TokenRefused("no bearer token")
    return found[1]


def _mapped(arrangement: Arrangement, said: Assertion) -> Mapped:
    attribute = arrangement.remote_id_attribute
    if attribute and not set(arrangement.remote_ids).intersection(said.get(attribute, ())):
        raise TokenRefused("remote_id_attribute")
    return evaluate(msgspec.convert(arrangement.rules, list[Rule]), said, arrangement.version)


def _unscoped(protocol_id: str) -> Wish:
    return Wish(identity=Proofs(methods=[protocol_id]), scope="unscoped")
