"""An event as it is kept, and as CADF shows it. Of a request it holds who, what and from where: no header, no body.

Source: DMTF DSP0262, Cloud Audit (CADF) data model, events of type activity.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from aiohttp import web
from msgspec import Struct

from identity.callers import Caller

SUCCESS, FAILURE = "success", "failure"
TYPE = "http://schemas.dmtf.org/cloud/audit/1.0/event"
LONGEST = 255


class Event(Struct, frozen=True, kw_only=True):
    """`repeats` counts events of the same kind that are not kept one by one. `status` None: the answer came later."""

    event_id: str
    action: str
    outcome: str
    initiator_id: str
    initiator_name: str
    project_id: str | None
    domain_id: str | None
    address: str
    agent: str
    target_type: str
    target_id: str
    rule: str
    status: int | None
    request_id: str
    request_path: str
    repeats: int = 0


class Recorded(Event, frozen=True, kw_only=True):
    """An event of the record. `number` grows with time."""

    number: int
    event_time: datetime


def changes_of(request: web.Request, made: Sequence[str], detail: str, first: int) -> Iterator[Event]:
    """The events of a request that changes something: one for each resource that it made, else one for its path.

    `first` is how many there were already.
    """
    collection, target_id = target_of(request)
    if made:
        collection = last_word(request)
    # A read is recorded where it makes something, such as a project's default group.
    action = "create" if request.method in ("GET", "HEAD") else ""
    for number, target in enumerate(made or [target_id], start=first):
        yield describe(request, request["caller"], collection, target, number=number, detail=detail, action=action)


def describe(
    request: web.Request,
    caller: Caller | None,
    collection: str,
    target_id: str,
    *,
    outcome: str = SUCCESS,
    status: int | None = None,
    number: int = 0,
    detail: str = "",
    action: str = "",
) -> Event:
    request_id, rule = request["request_id"], request["route"].rule
    return Event(
        event_id=f"{request_id[4:]}-{number}" if number else request_id[4:],
        action=action or action_of(request.method, rule, detail),
        outcome=outcome,
        initiator_id=caller.user_id if caller else "",
        initiator_name=cut(caller.user_name) if caller else "",
        project_id=caller.project_id if caller else None,
        domain_id=caller.user_domain_id if caller else None,
        address=request.remote or "",
        agent=cut(request.headers.get("User-Agent", "")),
        target_type=f"{request['api'].name}/{collection}",
        target_id=cut(target_id),
        rule=rule,
        status=status,
        request_id=request_id,
        request_path=cut(f"{request.method} {request.path}"),
    )


@lru_cache(maxsize=2048)
def action_of(method: str, rule: str, detail: str = "") -> str:
    """What is done, in CADF's words: by the verb of the rule, `update/add_router_interface` where CADF has no verb."""
    said = rule.partition(":")[2]
    verb = said.partition("_")[0]
    if method == "DELETE" and verb == "update":
        verb = "delete"
    elif verb not in ("create", "update", "delete"):
        verb = "read" if method in ("GET", "HEAD") else f"update/{said}".rstrip("/")
    return f"{verb}/{detail}" if detail else verb


def target_of(request: web.Request) -> tuple[str, str]:
    """(collection, id) of the innermost resource that the path names."""
    collection, variable = _words(request.match_info.route.resource.canonical)[0]
    return collection, request.match_info[variable] if variable else ""


def last_word(request: web.Request) -> str:
    """The collection that the path ends with."""
    return _words(request.match_info.route.resource.canonical)[1]


@lru_cache(maxsize=2048)
def _words(template: str) -> tuple[tuple[str, str], str]:
    """((innermost collection, its variable or nothing), last word that is no variable); there are as many as routes."""
    words = [word for word in template.split("/") if word]
    last = next((word for word in reversed(words) if not word.startswith("{")), "")
    for place in range(len(words) - 1, 0, -1):
        if words[place].startswith("{"):
            return (words[place - 1], words[place][1:-1].partition(":")[0]), last
    return (last, ""), last


def logged(event: Event, count: int = 1) -> dict[str, Any]:
    """What the line of the request says of its event besides what every such line says; of several, of the first."""
    return {
        "audit_id": event.event_id,
        "audit_events": count,
        "action": event.action,
        "outcome": event.outcome,
        "target_type": event.target_type,
        "target_id": event.target_id,
        "user_name": event.initiator_name,
        "address": event.address,
        "agent": event.agent,
        "rule": event.rule,
    }


def cut(text: str) -> str:
    """Bounded, and free of what PostgreSQL cannot keep."""
    if len(text) <= LONGEST and text.isascii() and "\x00" not in text:
        return text
    return text[:LONGEST].replace("\x00", "").encode(errors="replace").decode()


def render(event: Recorded) -> dict[str, Any]:
    """The event in CADF's words."""
    reason: dict[str, Any] = {"policyId": event.rule}
    if event.status is not None:
        reason |= {"reasonType": "HTTP", "reasonCode": str(event.status)}
    return {
        "typeURI": TYPE,
        "eventType": "activity",
        "id": event.event_id,
        "number": event.number,
        "eventTime": event.event_time.isoformat(),
        "action": event.action,
        "outcome": event.outcome,
        "initiator": {
            "typeURI": "service/security/account/user",
            "id": event.initiator_id,
            "name": event.initiator_name,
            "project_id": event.project_id,
            "domain_id": event.domain_id,
            "host": {"address": event.address, "agent": event.agent},
        },
        "target": {"typeURI": event.target_type, "id": event.target_id},
        "observer": {"typeURI": f"service/{event.target_type.partition('/')[0]}", "id": "meridian"},
        "reason": reason,
        "requestPath": event.request_path,
        "requestId": event.request_id,
        "repeats": event.repeats,
    }
