"""The OpenAPI document of an API, generated from the route table and from the very structs that check its bodies.

Served as `<prefix>/openapi.json` to anybody: it says what exists, never what is stored.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from aiohttp import web

from runtime.attributes import Scalar
from runtime.web.routes import PUBLIC, Api, Handler, Route

VARIABLE = re.compile(r"{(\w+)}")
COMPONENT = "#/components/schemas/{name}"


def handler_for(api: Api) -> Handler:
    """A handler that answers the document of `api`; it is made once."""
    document = msgspec.json.encode(describe(api))

    async def show_openapi(_request: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json")

    return show_openapi


def describe(api: Api) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an API, as a plain tree."""
    bodies = list(dict.fromkeys(route.body for *_, route in _operations(api) if route.body))
    schemas, components = msgspec.json.schema_components(bodies, schema_hook=_scalar, ref_template=COMPONENT)
    schema_of = dict(zip(bodies, schemas, strict=True))
    paths: dict[str, Any] = {}
    for path, method, route in _operations(api):
        paths.setdefault(api.prefix + path or "/", {})[method.lower()] = _operation(path, route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Meridian {api.name} API", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
        },
    }


def _operations(api: Api) -> Iterator[tuple[str, str, Route]]:
    for path, methods in api.routes.items():
        for method, route in methods.items():
            yield path, method, route


def _operation(path: str, route: Route, schema_of: dict[type, dict[str, Any]]) -> dict[str, Any]:
    summary = (route.handler.__doc__ or route.handler.__name__.replace("_", " ")).strip().splitlines()[0]
    operation: dict[str, Any] = {
        "summary": summary,
        "x-policy-rule": route.rule,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in VARIABLE.findall(path)
        ],
        "responses": {"default": {"description": "The resource, or the error in this API's envelope."}},
        "security": [] if route.rule == PUBLIC else [{"token": []}],
    }
    if route.body:
        content = {"application/json": {"schema": schema_of[route.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _scalar(kind: type) -> dict[str, Any]:
    if issubclass(kind, Scalar):
        return {"type": "string", "description": kind.__name__}
    raise NotImplementedError(kind)
