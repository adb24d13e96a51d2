"""Nonsense of every kind to every route: refused with a 4xx in Nova's envelope, never a 500."""

import itertools

import pytest

from compute.application import API
from runtime.web.routes import PUBLIC
from tests.wire.compute.conftest import Cloud

pytestmark = pytest.mark.real
PARTS = ("x", "00000000-0000-4000-8000-000000000000", "%00", "..%2f", "a" * 300, "-", "é", "'; --")
BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{",
    b'"x"',
    b"1e400",
    b'{"server": null}',
    b'{"server": {"name": "\\u0000"}}',
    b'{"server": {"name": "\\ud800", "flavorRef": "nano"}}',
    b'{"a": NaN}',
    b'{"os-start": null, "os-stop": null}',
    b"{}",
    b"[" * 5000,
    b'{"metadata": {"' + b"k" * 256 + b'": "v"}}',
    b'{"extra_specs": {"\xff": "v"}}',
)
QUERIES = (
    "limit=-1",
    "limit=1e9",
    "marker=x",
    "sort_key=;",
    "sort_dir=up",
    "name=%00",
    "name=(?=",
    "name=(?P<a>b)",
    "name=a**",
    "changes-since=0",
    "changes-since=0001-01-01",
    "changes-before=0001-01-01T00:00:00%2B14:00",
    "user_id=%00",
)


def routes() -> list[tuple[str, str]]:
    return [
        (method, path)
        for path, methods in API.routes.items()
        for method, route in methods.items()
        if route.rule != PUBLIC
    ]


async def status_of(cloud: Cloud, method: str, url: str, body: bytes = b"") -> int:
    headers = {"X-Auth-Token": "admin", "OpenStack-API-Version": "compute 2.96", "Content-Type": "application/json"}
    async with cloud.client.request(method, f"/compute{url}", data=body, headers=headers) as response:
        return response.status


async def test_threat_h5_no_nonsense_is_a_server_error(cloud: Cloud) -> None:
    server_id = await cloud.create()
    answered = {}
    for (method, path), part in itertools.product(routes(), PARTS):
        url = "/".join(part if word.startswith("{") else word for word in path.split("/"))
        answered[method, url] = await status_of(cloud, method, url)
    for (method, path), body in itertools.product(routes(), BODIES):
        if method in ("POST", "PUT"):
            url = (
                path.replace("{server_id}", server_id).replace("{flavor_id}", "nano").replace("{", "").replace("}", "")
            )
            answered[method, url, body[:40]] = await status_of(cloud, method, url, body)
    for (method, path), query in itertools.product(routes(), QUERIES):
        if method == "GET" and "{" not in path:
            answered[method, path, query] = await status_of(cloud, method, f"{path}?{query}")
    failed = {what: status for what, status in answered.items() if status >= 500}
    assert not failed
