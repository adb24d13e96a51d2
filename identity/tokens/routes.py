"""Routes of `/v3/auth`: tokens, and what the bearer of one may reach."""

from aiohttp import web

from identity.assembly import IDENTITY, Identity
from identity.assignments.store import select_role_ids
from identity.callers import caller_of
from identity.domains import schema as domains
from identity.domains.store import select_domains_of_user
from identity.links import api_address, linked_all, reply_list
from identity.policy import authorize
from identity.projects import schema as projects
from identity.projects.store import select_projects_of_user
from identity.revocations.store import KEEP_EXPIRED_S, change_rights, revoke
from identity.settings import EXPIRED_WINDOW_S
from identity.tokens.claims import Claims, SystemScope, token_subject
from identity.tokens.grants import grant
from identity.tokens.proofs import Proved, accounts_of, prove
from identity.tokens.rendering import catalog_of, describe_token
from identity.tokens.schema import Authenticate, ScopeNamed, Wish
from identity.trusts.store import find_trust, select_sources
from runtime.database import Database
from runtime.errors import BadRequest, Forbidden, NotFound, Unauthorized
from runtime.web.bodies import no_content, read_body, reply
from runtime.web.keys import DATABASE


async def create_token(request: web.Request) -> web.Response:
    body: Authenticate = await read_body(request)
    identity = request.app[IDENTITY]
    request["login"] = accounts = accounts_of(body.auth.identity)
    with identity.logins.watch(accounts, request.remote or "", is_guess=bool(accounts)):
        claims = await _sign_in(request, body.auth)
    return await reply_new_token(request, claims)


async def reply_new_token(request: web.Request, claims: Claims) -> web.Response:
    """201 with the token that says so."""
    identity = request.app[IDENTITY]
    if not identity.feed.roles.names.keys() >= set(claims.roles):
        await identity.feed.refresh()
    return await _reply_token(request, claims, identity.issuer.issue(claims), status=201)


async def _sign_in(request: web.Request, wish: Wish) -> Claims:
    identity, database = request.app[IDENTITY], request.app[DATABASE]
    proved = await prove(identity, database, wish.identity)
    await _refresh_parties(identity, database, proved, wish)
    async with database.transaction() as connection:
        return await grant(connection, proved, wish, identity.settings)


async def _refresh_parties(identity: Identity, database: Database, proved: Proved, wish: Wish) -> None:
    """Whoever the token would be by or for is looked up where they are kept, unless proving did that.

    By a trust that was passed on, everybody counts whose trusts it was made from: the roles are those of the first.
    """
    if proved.parent or proved.credential_id:
        await identity.accounts.refresh(proved.user_id)
    if isinstance(wish.scope, ScopeNamed) and wish.scope.trust is not None:
        async with database.connection() as connection:
            trust = await find_trust(connection, wish.scope.trust.id)
            sources = await select_sources(connection, trust["id"]) if trust else []
        for given in [trust, *sources] if trust else ():
            await identity.accounts.refresh(given["trustor_user_id"])


async def show_token(request: web.Request) -> web.Response:
    """With `allow_expired`, what a token said that ended a while ago, for work that outlasts it."""
    allowed = request.query.get("allow_expired", "").lower() in ("1", "true", "yes")
    token, claims = _subject_token(request, expired_for_s=EXPIRED_WINDOW_S if allowed else 0)
    authorize(request, {"user_id": claims.sub})
    await request.app[IDENTITY].accounts.refresh(claims.sub)
    token, claims = _subject_token(request, expired_for_s=EXPIRED_WINDOW_S if allowed else 0)
    return await _reply_token(request, claims, token)


async def revoke_token(request: web.Request) -> web.Response:
    _, claims = _subject_token(request)
    authorize(request, {"user_id": claims.sub})
    async with request.app[DATABASE].transaction() as connection:
        await change_rights(connection)
        await revoke(connection, [token_subject(claims.jti)], keep_s=claims.exp - claims.iat + KEEP_EXPIRED_S)
    await request.app[IDENTITY].feed.publish()
    return no_content()


def _subject_token(request: web.Request, *, expired_for_s: float = 0) -> tuple[str, Claims]:
    """The token that the request is about, which is not the one it is made with, and what it says."""
    token = request.headers.get("X-Subject-Token")
    if token is None:
        raise BadRequest("The header X-Subject-Token is needed.")
    try:
        return token, request.app[IDENTITY].verifier.verify(token, expired_for_s=expired_for_s)
    except Unauthorized as error:
        raise NotFound("Could not find token.") from error


async def _reply_token(request: web.Request, claims: Claims, token: str, status: int = 200) -> web.Response:
    async with request.app[DATABASE].connection() as connection:
        identity = request.app[IDENTITY]
        with_catalog = "nocatalog" not in request.query
        shown = await describe_token(
            connection, claims, identity.feed.roles, identity.settings, with_catalog=with_catalog
        )
    response = reply({"token": shown}, status)
    response.headers["X-Subject-Token"] = token
    response.headers["Vary"] = "X-Auth-Token"
    response.headers["Cache-Control"] = "no-store"
    return response


async def show_catalog(request: web.Request) -> web.Response:
    authorize(request, {})
    claims: Claims = request["claims"]
    if claims.scope is None:
        raise Forbidden("No catalogue belongs to a token without a scope.")
    async with request.app[DATABASE].connection() as connection:
        catalog = await catalog_of(connection, claims, request.app[IDENTITY].settings)
    links = {"self": f"{api_address(request)}/v3/auth/catalog", "previous": None, "next": None}
    return reply({"catalog": catalog, "links": links})


async def list_own_projects(request: web.Request) -> web.Response:
    authorize(request, {})
    caller = caller_of(request)
    async with request.app[DATABASE].connection() as connection:
        rows = await select_projects_of_user(connection, caller.user_id, caller.group_ids)
    return reply_list(request, "projects", linked_all(request, "projects", map(projects.render, rows)))


async def list_own_domains(request: web.Request) -> web.Response:
    authorize(request, {})
    caller = caller_of(request)
    async with request.app[DATABASE].connection() as connection:
        rows = await select_domains_of_user(connection, caller.user_id, caller.group_ids)
    return reply_list(request, "domains", linked_all(request, "domains", map(domains.render, rows)))


async def show_own_system(request: web.Request) -> web.Response:
    authorize(request, {})
    caller = caller_of(request)
    async with request.app[DATABASE].connection() as connection:
        roles = await select_role_ids(connection, caller.user_id, SystemScope(), caller.group_ids)
    links = {"self": f"{api_address(request)}/v3/auth/system"}
    return reply({"system": [{"all": True}] if roles else [], "links": links})
