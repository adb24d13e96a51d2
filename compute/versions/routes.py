"""The version documents, from which clients learn the path and the microversions of the API."""

from typing import Any

from aiohttp import web

from compute.versions.microversions import NEWEST, OLDEST
from runtime.web.bodies import reply


async def list_versions(request: web.Request) -> web.Response:
    return reply({"versions": [_document(request)]})


async def show_version(request: web.Request) -> web.Response:
    return reply({"version": _document(request)})


def _document(request: web.Request) -> dict[str, Any]:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": f"2.{NEWEST}",
        "min_version": f"2.{OLDEST}",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{request.url.origin()}{request['api'].prefix}/v2.1/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}],
    }
