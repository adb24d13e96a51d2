"""What a delegated token may not ask, found out from the table of routes."""

from identity.application import API
from runtime.web.routes import PUBLIC
from tests.identity_http import Http
from tests.tenants import Cloud

GUARDED = [
    (method, path, route.rule)
    for path, methods in API.routes.items()
    for method, route in methods.items()
    if route.rule != PUBLIC
]
SECRET_PATHS = (
    *("application_credentials", "access_rules", "credentials", "OS-TRUST", "password"),
    *("identity_providers", "mappings", "config"),
)


async def check_guard(cloud: Cloud, delegated: Http, *, unrestricted: bool) -> None:
    """Every route of identity, asked by an administrator's delegated token: reading what is no secret is left."""
    ids = {"user_id": cloud.red.user_id, "project_id": cloud.red.project_id, "domain_id": "default"}
    for method, template, rule in GUARDED:
        path = "/".join(ids.get(part[1:-1], "0") if part.startswith("{") else part for part in template.split("/"))
        answer = await delegated.send(method, path, None if method == "GET" else {})
        guarded = answer.status == 403 and "delegated" in answer.body["error"]["message"]
        secret = any(part in template.split("/") for part in SECRET_PATHS)
        if secret and unrestricted and ("application_credentials" in template or "access_rules" in template):
            assert not guarded, (method, template)
        elif secret or (method != "GET" and template.startswith("/v3/users")):
            assert guarded, (method, template, answer)
        elif method == "GET" or rule == "identity:revoke_token":
            assert not guarded, (method, template)
        elif not unrestricted:
            assert guarded, (method, template, answer)
