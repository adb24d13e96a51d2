"""One aiohttp application for all APIs, and the one pipeline that every request passes.

Default deny: a route without a rule cannot be built, a handler that answers below 400 without having asked the
policy (`request["authorized"]`) is turned into an error, and identity headers sent by a client are never read.
"""

import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiohttp import hdrs, web

from runtime.errors import BadRequest, NotFound, Problem, Unauthorized
from runtime.metrics import HttpMetrics
from runtime.web import openapi
from runtime.web.faults import answer, plain_envelope, problem_of
from runtime.web.routes import PUBLIC, Api, Handler, Route

log = structlog.get_logger()
Authenticate = Callable[[web.Request], Awaitable[Any]]
Refused = Callable[[web.Request, Problem], None]
LARGEST_BODY = 1024 * 1024


def build(
    apis: Sequence[Api], authenticate: Authenticate, metrics: HttpMetrics, refused: Refused | None = None
) -> web.Application:
    """The application. `authenticate(request)` returns who is calling or raises Unauthorized.

    `refused(request, problem)` is told of every request that is answered with a problem.
    """
    pipeline = Pipeline(apis, authenticate, metrics, refused)
    application = web.Application(middlewares=[pipeline.handle], client_max_size=LARGEST_BODY)
    application.on_response_prepare.append(pipeline.finish)
    for api in apis:
        description = Route(openapi.handler_for(api), PUBLIC)
        application.router.add_get(api.prefix + "/openapi.json", pipeline.bind(api, description))
        for path, methods in api.routes.items():
            resource = application.router.add_resource(api.prefix + path)
            for method, route in methods.items():
                resource.add_route(method, pipeline.bind(api, route))
            if hdrs.METH_GET in methods and hdrs.METH_HEAD not in methods:
                resource.add_route(hdrs.METH_HEAD, pipeline.bind(api, methods[hdrs.METH_GET]))
    return application


class Pipeline:
    def __init__(
        self, apis: Sequence[Api], authenticate: Authenticate, metrics: HttpMetrics, refused: Refused | None = None
    ) -> None:
        self._by_prefix = sorted(apis, key=lambda api: len(api.prefix), reverse=True)
        self._authenticate = authenticate
        self._metrics = metrics
        self._refused = refused

    def bind(self, api: Api, route: Route) -> Handler:
        """The handler of one route: who is calling, the handler itself, and proof that it asked the policy."""

        async def handle(request: web.Request) -> web.StreamResponse:
            request["route"] = route
            if "\x00" in request.path:
                raise NotFound("The resource could not be found.")
            if "%00" in request.rel_url.raw_query_string:
                raise BadRequest("NUL characters are not accepted in the query.")
            api.prepare(request)
            if route.rule != PUBLIC:
                request["caller"] = await self._authenticate(request)
            response = await route.handler(request)
            if route.rule != PUBLIC and response.status < 400 and "authorized" not in request:
                raise RuntimeError(f"{request.method} {request.path} answered without asking the policy")
            return response

        return handle

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        request["request_id"] = f"req-{uuid.uuid4()}"
        request["api"] = api = self._api_of(request.path)
        with structlog.contextvars.bound_contextvars(request_id=request["request_id"]):
            try:
                response = await handler(request)
            except Exception as error:
                response = self._refuse(request, api, error)
            took_s = time.perf_counter() - started
            self._record(request, response, took_s)
            return response

    def _api_of(self, path: str) -> Api | None:
        return next(
            (api for api in self._by_prefix if path == api.prefix or path.startswith(api.prefix + "/")),
            None,
        )

    def _refuse(self, request: web.Request, api: Api | None, error: Exception) -> web.Response:
        problem = problem_of(error)
        if problem.status >= 500 and not isinstance(error, Problem):
            log.exception("request failed", method=request.method, path=request.path)
        if isinstance(problem, Unauthorized):
            problem.headers.setdefault("WWW-Authenticate", 'Keystone uri="/identity"')
        if self._refused is not None:
            self._refused(request, problem)
        return answer(problem, api.envelope(problem) if api else plain_envelope(problem))

    def _record(self, request: web.Request, response: web.StreamResponse, took_s: float) -> None:
        resource = request.match_info.route.resource
        template = resource.canonical if resource else "unmatched"
        self._metrics.observe(request.method, template, response.status, took_s)
        caller = request.get("caller")
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status,
            took_ms=round(took_s * 1000, 1),
            user_id=getattr(caller, "user_id", None),
            project_id=getattr(caller, "project_id", None),
        )

    async def finish(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["x-openstack-request-id"] = request["request_id"]
        response.headers["Server"] = "meridian"
        if api := request["api"]:
            api.finish(request, response)
