"""Which refusals are events: 401 and 429 of a login, and 403 of anything."""

from aiohttp import web

from identity.assembly import IDENTITY
from identity.audit.event import FAILURE, cut, describe, logged, target_of
from identity.authentication import caller_from
from identity.callers import Caller
from identity.tokens.refusals import LoginRefused
from runtime.errors import Forbidden, Problem, TooManyRequests, Unauthorized


def refused(request: web.Request, problem: Problem) -> None:
    """Tells of the request unless it was refused for something else. Takes no time, and raises nothing."""
    if isinstance(problem, LoginRefused) or (
        "login" in request and isinstance(problem, Unauthorized | TooManyRequests)
    ):
        _tell_login(request, problem)
    elif isinstance(problem, Forbidden) and "claims" in request:
        _tell_denial(request, problem)


def _tell_login(request: web.Request, problem: Problem) -> None:
    """By the account as it was spelled, for there may be none; with its id where the proof was of one that exists."""
    named = "; ".join(request.get("login", ())) or "token"
    known = problem.known if isinstance(problem, LoginRefused) else {}
    who = Caller(str(known.get("user_id") or ""), named, "")
    event = describe(request, who, "auth/tokens", "", outcome=FAILURE, status=problem.status, action="authenticate")
    request["logged"] = logged(event)
    request.app[IDENTITY].refusals.tell((cut(named), request.remote), event)


def _tell_denial(request: web.Request, problem: Problem) -> None:
    identity = request.app[IDENTITY]
    caller = request.get("caller") or caller_from(request["claims"], identity.feed.roles)
    event = describe(request, caller, *target_of(request), outcome=FAILURE, status=problem.status)
    request["logged"] = logged(event)
    identity.refusals.tell((caller.user_id, event.rule), event)
