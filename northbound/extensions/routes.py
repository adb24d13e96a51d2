"""What the network API says of itself: its versions, the collections of v2.0, and the extensions."""

from aiohttp import web

from identity.policy import Rule, authorize
from northbound.extensions.catalogue import EXTENSIONS
from northbound.nouns.known import NOUNS
from runtime.errors import NotFound
from runtime.web.bodies import reply

RULES = [Rule("network:get_extension", "@", "See which extensions there are, and the collections of the API.")]

COLLECTIONS = (
    "networks",
    "subnets",
    "ports",
    "routers",
    "floatingips",
    "security-groups",
    "security-group-rules",
    "quotas",
    "agents",
    "availability_zones",
    "network-ip-availabilities",
    "auto-allocated-topology",
    *(noun.path for noun in NOUNS),
)


SERVICE_PROVIDERS = ({"service_type": "L3_ROUTER_NAT", "name": "ovn", "default": True},)


class ExtensionNotFound(NotFound):
    def __init__(self, alias: str) -> None:
        super().__init__(f"Extension with alias {alias[:64]} does not exist.")


async def list_versions(request: web.Request) -> web.Response:
    """Public: clients look here before they have a token."""
    return reply({"versions": [{"id": "v2.0", "status": "CURRENT", "links": [_link(request, "self", "/v2.0/")]}]})


async def show_version(request: web.Request) -> web.Response:
    authorize(request, {})
    resources = [
        {"name": name.rstrip("s"), "collection": name, "links": [_link(request, "self", f"/v2.0/{name}")]}
        for name in COLLECTIONS
    ]
    return reply({"resources": resources})


async def list_extensions(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply({"extensions": list(EXTENSIONS.values())})


async def list_service_providers(request: web.Request) -> web.Response:
    """Who does the work behind a kind of service: there is one, and it is not chosen."""
    authorize(request, {})
    return reply({"service_providers": SERVICE_PROVIDERS})


async def show_extension(request: web.Request) -> web.Response:
    authorize(request, {})
    alias = request.match_info["alias"]
    if alias not in EXTENSIONS:
        raise ExtensionNotFound(alias)
    return reply({"extension": EXTENSIONS[alias]})


def _link(request: web.Request, rel: str, path: str) -> dict[str, str]:
    prefix = request["api"].prefix
    return {"rel": rel, "href": f"{request.url.origin()}{prefix}{path}"}
