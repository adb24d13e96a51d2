"""Odd paths and verbs, with an administrator's token: whatever is not the route itself leads nowhere."""

import asyncio

import pytest

from tests.real.authorization.world import World

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
PATHS = ("/identity/v3/users", "/network/v2.0/networks", "/compute/v2.1/servers", "/image/v2/images")
SPELLINGS = {
    "double slash at the beginning": "/{path}",
    "double slash inside": "{head}//{tail}",
    "double slash before the last word": "{head}/{middle}//{last}",
    "slash at the end": "{path}/",
    "two slashes at the end": "{path}//",
    "a dot": "{head}/./{tail}",
    "dots": "{head}/x/../{tail}",
    "dots above the root": "/../..{path}",
    "encoded dots": "{head}/x/%2e%2e/{tail}",
    "encoded dots in capitals": "{head}/x/%2E%2E/{tail}",
    "half encoded dots": "{head}/x/.%2e/{tail}",
    "dots encoded twice": "{head}/x/%252e%252e/{tail}",
    "encoded slash": "{head}%2f{tail}",
    "encoded slash in capitals": "{head}%2F{tail}",
    "slash encoded twice": "{head}%252f{tail}",
    "backslash": "{head}\\{tail}",
    "encoded backslash": "{head}%5c{tail}",
    "dots and backslash": "{head}/x/..%5c{tail}",
    "semicolon": "{path};",
    "semicolon and a word": "{path};x=1",
    "semicolon inside": "{head};x/{tail}",
    "dots and semicolon": "{head}/x/..;/{tail}",
    "capitals": "{head}/{tail_in_capitals}",
    "a space": "{path}%20",
    "a tab": "{path}%09",
    "a line feed": "{path}%0a",
    "carriage return and line feed": "{path}%0d%0aX-Roles:%20admin",
    "NUL": "{path}%00",
    "NUL and another ending": "{path}%00.json",
    "an ending": "{path}.json",
    "an encoded question mark": "{path}%3f",
    "an encoded hash": "{path}%23",
    "overlong dots": "{head}/x/%c0%ae%c0%ae/{tail}",
    "a wide slash": "{head}%ef%bc%8f{tail}",
}


def spell(spelling: str, path: str) -> str:
    _, head, *middle, last = path.split("/")
    tail = "/".join([*middle, last])
    return SPELLINGS[spelling].format(
        path=path, head=f"/{head}", middle="/".join(middle), last=last, tail=tail, tail_in_capitals=tail.upper()
    )


async def test_threat_P13_no_spelling_but_the_routes_own_leads_anywhere(world: World) -> None:
    """34 spellings by 9 verbs, of a list of each API, written to the socket as they stand."""
    assert len(SPELLINGS) >= 30
    for path in PATHS:
        assert await status_of(world, "GET", path) == 200
        for spelling in SPELLINGS:
            for verb in VERBS:
                status = await status_of(world, verb, spell(spelling, path))
                assert 400 <= status < 500, (spelling, verb, path, status)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL"])
async def test_threat_P13_no_header_makes_another_verb_or_path_of_a_request(world: World, header: str) -> None:
    network = world.blue.ids["networks"]
    said = "DELETE" if "Method" in header else f"/network/v2.0/networks/{network}"
    status = await status_of(world, "GET", f"/network/v2.0/networks/{network}", header, said)
    assert status == 200
    assert await status_of(world, "GET", f"/network/v2.0/networks/{network}") == 200
    assert await status_of(world, "GET", "/network/v2.0/nothing", header, said) == 404


async def test_threat_P13_head_is_asked_the_rule_of_get(world: World) -> None:
    for path in ("/identity/v3/users", "/compute/v2.1/os-hypervisors", "/meridian/v1/drift"):
        seen = [(await world.ask(world.red, verb, path)).status for verb in ("GET", "HEAD")]
        assert seen == [403, 403], path


async def status_of(world: World, verb: str, target: str, header: str = "X-Nothing", said: str = "x") -> int:
    """Of a request whose first line is written as it is: no client has a say in it."""
    host, _, port = world.cloud.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        lines = [
            f"{verb} {target} HTTP/1.1",
            f"Host: {host}",
            f"X-Auth-Token: {world.admin.token}",
            f"{header}: {said}",
        ]
        lines += ["OpenStack-API-Version: compute latest", "Content-Length: 0", "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode())
        first = await reader.readline()
        return int(first.split()[1])
    finally:
        writer.close()
