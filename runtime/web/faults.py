"""Errors on the wire: each API's own envelope, chosen here and nowhere else."""

from typing import Any

import msgspec
from aiohttp import web

from runtime import errors
from runtime.errors import Problem

COMPUTE_FAULTS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    503: "serviceUnavailable",
}


def keystone_envelope(problem: Problem) -> dict[str, Any]:
    return {"error": {"code": problem.status, "message": problem.message, "title": problem.title}}


def neutron_envelope(problem: Problem) -> dict[str, Any]:
    return {"NeutronError": {"type": problem.kind, "message": problem.message, "detail": ""}}


def octavia_envelope(problem: Problem) -> dict[str, Any]:
    side = "Client" if problem.status < 500 else "Server"
    return {"faultcode": side, "faultstring": problem.message, "debuginfo": None}


def nova_envelope(problem: Problem) -> dict[str, Any]:
    fault = COMPUTE_FAULTS.get(problem.status, "computeFault")
    return {fault: {"code": problem.status, "message": problem.message}}


def plain_envelope(problem: Problem) -> dict[str, Any]:
    return {"code": problem.status, "title": problem.title, "message": problem.message}


def problem_of(error: Exception) -> Problem:
    """The Problem that stands for any exception of a handler; unknown ones are an Internal Server Error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return errors.MethodNotAllowed(f"Allowed here: {allowed}.", headers={"Allow": allowed})
    if isinstance(error, web.HTTPNotFound):
        return errors.NotFound("The resource could not be found.")
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return errors.BodyTooLarge("The request body is too large.")
    if isinstance(error, web.HTTPException):
        problem = Problem(error.reason)
        problem.status, problem.title = error.status, error.reason
        return problem
    return Problem("An unexpected error prevented the server from fulfilling your request.")


def answer(problem: Problem, envelope: dict[str, Any]) -> web.Response:
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(envelope),
        content_type="application/json",
        headers=problem.headers,
    )
