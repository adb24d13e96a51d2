"""The pipeline of every request: default deny, envelopes, request ids, bounds."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from identity.policy import Rule, authorize
from runtime.attributes import Body, Name
from runtime.database import DatabaseSettings
from runtime.errors import NotFound
from runtime.web.bodies import read_body, reply
from runtime.web.faults import neutron_envelope, nova_envelope
from runtime.web.routes import PUBLIC, Api, Route
from tests.applications import serving

ALICE = {"X-Auth-Token": "alice"}


class Thing(Body):
    name: Name


class ThingNotFound(NotFound):
    pass


async def show(request: web.Request) -> web.Response:
    authorize(request, {"project_id": "red"})
    return reply({"roles": sorted(request["caller"].roles)})


async def create(request: web.Request) -> web.Response:
    authorize(request, {})
    return reply({"name": (await read_body(request)).name}, 201)


async def careless(_request: web.Request) -> web.Response:
    return reply({"secret": 1})


async def missing(request: web.Request) -> web.Response:
    authorize(request, {})
    raise ThingNotFound("Thing x could not be found.")


async def broken(request: web.Request) -> web.Response:
    authorize(request, {})
    raise ValueError("password=swordfish in /etc/passwd")


async def hello(_request: web.Request) -> web.Response:
    return reply({})


ROUTES = {
    "/things": {"GET": Route(show, "t:show"), "POST": Route(create, "t:any", Thing)},
    "/careless": {"GET": Route(careless, "t:any")},
    "/missing": {"GET": Route(missing, "t:any")},
    "/broken": {"GET": Route(broken, "t:any")},
    "/hello": {"GET": Route(hello, PUBLIC)},
}
RULES = (Rule("t:show", "role:reader and project_id:%(project_id)s", ""), Rule("t:any", "@", ""))


@pytest.fixture
async def api(database_settings: DatabaseSettings) -> AsyncIterator[TestClient]:
    apis = [
        Api("network", "/network", ROUTES, neutron_envelope),
        Api("compute", "/compute", ROUTES, nova_envelope),
    ]
    async with serving(database_settings, apis, RULES, {}) as client:
        yield client


async def test_token_is_needed_unless_the_route_is_public(api: TestClient) -> None:
    answer = await api.get("/network/things")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Keystone")
    assert (await api.get("/network/hello")).status == 200


async def test_policy_decides(api: TestClient) -> None:
    assert (await api.get("/network/things", headers=ALICE)).status == 200
    assert (await api.get("/network/things", headers={"X-Auth-Token": "bob"})).status == 403


async def test_answer_that_never_asked_the_policy_does_not_leave(api: TestClient) -> None:
    answer = await api.get("/network/careless", headers=ALICE)
    assert answer.status == 500
    assert "secret" not in await answer.text()


async def test_each_api_has_its_own_envelope(api: TestClient) -> None:
    network = await (await api.get("/network/missing", headers=ALICE)).json()
    assert network == {
        "NeutronError": {"type": "ThingNotFound", "message": "Thing x could not be found.", "detail": ""}
    }
    compute = await (await api.get("/compute/missing", headers=ALICE)).json()
    assert compute == {"itemNotFound": {"code": 404, "message": "Thing x could not be found."}}


async def test_threat_C14_unexpected_error_tells_nothing(api: TestClient) -> None:
    answer = await api.get("/network/broken", headers=ALICE)
    text = await answer.text()
    assert answer.status == 500
    assert "swordfish" not in text and "passwd" not in text and "Traceback" not in text


async def test_every_answer_has_a_request_id_of_its_own(api: TestClient) -> None:
    answers = [
        await api.get(path, headers=ALICE) for path in ("/network/things", "/network/x", "/x", "/network/broken")
    ]
    ids = {answer.headers["x-openstack-request-id"] for answer in answers}
    assert len(ids) == 4 and all(one.startswith("req-") for one in ids)


async def test_threat_K13_identity_headers_of_a_client_are_ignored(api: TestClient) -> None:
    forged = {"X-Roles": "admin", "X-User-Id": "root", "X-Project-Id": "blue", "X-Is-Admin-Project": "True"}
    answer = await api.get("/network/things", headers={**ALICE, **forged})
    assert (await answer.json())["roles"] == ["member", "reader"]


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"name": "x", "color": 1}', {}, 400),
        (b'{"name": "' + b"x" * 2_000_000 + b'"}', {}, 413),
        (b"\x1f\x8b", {"Content-Encoding": "gzip"}, 415),
        (b'{"name": "x"}', {}, 201),
    ],
)
async def test_threat_H3_bodies_are_bounded_and_plain(api: TestClient, data: bytes, headers: dict, status: int) -> None:
    answer = await api.post("/network/things", data=data, headers={**ALICE, **headers})
    assert answer.status == status


@pytest.mark.parametrize(
    "path", ["/network//things", "/network/things/", "/network/../network/things;x", "/network/%2e%2e/x"]
)
async def test_threat_P13_odd_paths_lead_nowhere(api: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = await api.request(method, path, headers=ALICE, allow_redirects=False)
        assert answer.status in (400, 404, 405), (method, path)


async def test_method_that_a_path_has_not_is_named(api: TestClient) -> None:
    answer = await api.put("/network/things", headers=ALICE)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


async def test_head_obeys_the_rule_of_get(api: TestClient) -> None:
    assert (await api.head("/network/things", headers={"X-Auth-Token": "bob"})).status == 403


async def test_openapi_comes_from_the_routes_and_the_structs_that_check_bodies(api: TestClient) -> None:
    document = await (await api.get("/network/openapi.json")).json()
    create = document["paths"]["/network/things"]["post"]
    assert create["x-policy-rule"] == "t:any"
    assert create["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}
    assert document["components"]["schemas"]["Thing"]["properties"]["name"] == {
        "type": "string",
        "maxLength": 255,
    }
