"""The APIs of QoS rules: below their policy, one family per kind, and each rule by its own id alone (`alias`)."""

from aiohttp import web

from identity.audit.acts import creates
from identity.callers import caller_of
from identity.policy import authorize
from northbound.envelope import reply_one, reply_page
from northbound.nouns.noun import owned
from northbound.qos_policies.noun import QOS_POLICIES
from northbound.qos_policies.qos_policy import QosPolicy, QosPolicyNotFound
from northbound.qos_rules import store
from northbound.qos_rules.qos_rule import QosRule, QosRuleNotFound
from northbound.qos_rules.schema import RuleKind, change_rule, check_together, draft_rule, render_rule, wrapped
from northbound.writes import writing
from runtime.database import Connection
from runtime.web.bodies import no_content, read_body
from runtime.web.keys import DATABASE
from runtime.web.listing import Where, parse_page
from runtime.web.routes import Route, path_uuid


def routes_of(kind: RuleKind) -> dict[str, dict[str, Route]]:
    """The lines of ROUTES for one kind of rule."""
    handlers, alias = Handlers(kind, kind.key), Handlers(kind, kind.alias)
    path = f"/v2.0/qos/policies/{{policy_id}}/{kind.key}s"
    return {
        path: {
            "GET": Route(handlers.list, "network:get_policy_rule"),
            "POST": Route(handlers.create, "network:create_policy_rule", wrapped(kind.key, kind.draft)),
        },
        f"{path}/{{rule_id}}": handlers.of_one(),
        f"/v2.0/qos/{kind.alias.replace('_', '-')}s/{{rule_id}}": alias.of_one(),
    }


class Handlers:
    """What the routes of one kind do, with rules under `key` on the wire."""

    def __init__(self, kind: RuleKind, key: str) -> None:
        self._kind = kind
        self._key = key

    def of_one(self) -> dict[str, Route]:
        return {
            "GET": Route(self.show, "network:get_policy_rule"),
            "PUT": Route(self.update, "network:update_policy_rule", wrapped(self._key, self._kind.changes)),
            "DELETE": Route(self.delete, "network:delete_policy_rule"),
        }

    async def list(self, request: web.Request) -> web.Response:
        page, where, reach = parse_page(request.query, store.LISTING), Where(), caller_of(request).reach
        async with request.app[DATABASE].connection() as conn:
            policy = await QOS_POLICIES.fetch(conn, _policy_id(request), reach)
            authorize(request, owned(policy))
            where.add("r.qos_policy_id = {}", policy.id)
            found = await store.list_rules(conn, page, where, self._kind.name, reach)
        return reply_page(request, f"{self._key}s", page, [render_rule(rule) for rule in found])

    async def create(self, request: web.Request) -> web.Response:
        said = getattr(await read_body(request), self._key)
        # Who may change no policy, not even an own one, is told so whether there is the policy or not.
        authorize(request, {"project_id": caller_of(request).project_id})
        async with writing(request) as conn:
            policy = await _lock_policy(request, conn, _policy_id(request))
            rule = draft_rule(self._kind, policy.id, said)
            check_together(rule, policy.rules)
            await store.insert_rule(conn, rule)
            creates(rule.id)
        return reply_one(request, self._key, render_rule(rule), 201)

    async def show(self, request: web.Request) -> web.Response:
        async with request.app[DATABASE].connection() as conn:
            rule = await self._fetch(request, conn)
            policy = await QOS_POLICIES.fetch(conn, rule.qos_policy_id, None)
        authorize(request, owned(policy))
        return reply_one(request, self._key, render_rule(rule))

    async def update(self, request: web.Request) -> web.Response:
        changes = getattr(await read_body(request), self._key)
        async with writing(request) as conn:
            rule = await self._fetch(request, conn)
            policy = await _lock_policy(request, conn, rule.qos_policy_id)
            after = change_rule(await self._fetch(request, conn), changes)
            check_together(after, [other for other in policy.rules if other.id != rule.id])
            await store.update_rule(conn, after)
        return reply_one(request, self._key, render_rule(after))

    async def delete(self, request: web.Request) -> web.Response:
        async with writing(request) as conn:
            rule = await self._fetch(request, conn)
            await _lock_policy(request, conn, rule.qos_policy_id)
            await store.delete_rule(conn, await self._fetch(request, conn))
        return no_content()

    async def _fetch(self, request: web.Request, conn: Connection) -> QosRule:
        policy_id = _policy_id(request) if "policy_id" in request.match_info else None
        rule_id = path_uuid(request, "rule_id", lambda said: QosRuleNotFound(policy_id, said))
        return await store.fetch_rule(conn, policy_id, rule_id, self._kind.name, caller_of(request).reach)


async def _lock_policy(request: web.Request, conn: Connection, policy_id: str) -> QosPolicy:
    policy = await QOS_POLICIES.fetch_locked(conn, policy_id, caller_of(request).reach)
    authorize(request, owned(policy))
    return policy


def _policy_id(request: web.Request) -> str:
    return path_uuid(request, "policy_id", QosPolicyNotFound)
