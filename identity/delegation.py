"""What a delegated token may do: the one guard, asked for every request before its handler.

Such a token acts in its project as its roles allow. Of identity it reads what is no secret of anyone's, and may end
itself; it neither reads nor changes what would let its bearer in by another door. An unrestricted application
credential manages application credentials too, and whatever else its roles allow but users, whose passwords and
factors are such doors. A token of a trust that may be passed on makes another trust of it. What a route is about is said by the name of its rule, so that a new route is guarded before
anyone thinks of it.

Access rules confine a token to some calls of some APIs. A credential keeps its rules for life, so they are read once.
"""

from collections import OrderedDict

from identity.application_credentials import store
from identity.application_credentials.access import permits
from identity.tokens.claims import ByCredential, ByTrust, Delegation
from runtime.database import Database
from runtime.errors import Forbidden

OWN_API = "identity"
DOORS = (
    *("credential", "trust", "password", "access_rule", "totp", "mfa"),
    *("identity_provider", "protocol", "mapping", "domain_config"),
)
OF_CREDENTIALS = ("application_credential", "access_rule")
READING = ("GET", "HEAD")
ENDING_ITSELF = "identity:revoke_token"
PASSING_ON = "identity:create_trust"


def check_delegated(delegation: Delegation, api: str, method: str, rule: str) -> None:
    """Passes when a token with this delegation may ask the route at all; raises Forbidden."""
    if delegation is None or api != OWN_API or _is_open(delegation, method, rule):
        return
    raise Forbidden(f"A delegated token cannot be used for {rule}.")


def _is_open(delegation: Delegation, method: str, rule: str) -> bool:
    if rule == PASSING_ON and isinstance(delegation, ByTrust):
        return delegation.redelegable
    unrestricted = isinstance(delegation, ByCredential) and delegation.unrestricted
    if any(word in rule for word in DOORS):
        return unrestricted and any(word in rule for word in OF_CREDENTIALS)
    if method in READING or rule == ENDING_ITSELF:
        return True
    return unrestricted and "_user" not in rule


class AccessRules:
    """The access rules of application credentials, as many as `capacity` in memory."""

    def __init__(self, database: Database, *, capacity: int = 10_000) -> None:
        self._database = database
        self._capacity = capacity
        self._known: OrderedDict[str, tuple[store.Row, ...]] = OrderedDict()

    async def check(self, delegation: Delegation, api: str, prefix: str, method: str, path: str) -> None:
        """Passes when the token is not confined, or a rule permits the call; raises Forbidden."""
        if not isinstance(delegation, ByCredential) or not delegation.confined:
            return
        rules = await self._rules_of(delegation.id)
        if not permits(rules, api, method, (path, path.removeprefix(prefix))):
            raise Forbidden("The access rules of the application credential do not permit this.")

    async def _rules_of(self, credential_id: str) -> tuple[store.Row, ...]:
        known = self._known.get(credential_id)
        if known is None:
            async with self._database.connection() as connection:
                known = await store.select_rules_of(connection, credential_id)
            self._known[credential_id] = known
            if len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return known
