"""Version documents of the identity API: `/identity` lists what there is, `/identity/v3` describes it."""

from typing import Any

from aiohttp import web

from identity.links import api_address
from runtime.web.bodies import reply


async def list_versions(request: web.Request) -> web.Response:
    return reply({"versions": {"values": [_version(request)]}}, 300)


async def show_version(request: web.Request) -> web.Response:
    return reply({"version": _version(request)})


def _version(request: web.Request) -> dict[str, Any]:
    """Version 3.14 of the Identity API, as Keystone has announced it since 2020."""
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{api_address(request)}/v3/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }
