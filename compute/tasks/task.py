"""A task's row as a value, and what a step may answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from compute.servers.server import Fault

Kind = Literal["create", "delete", "start", "stop", "reboot", "attach_interface", "detach_interface"]
State = Literal["running", "done", "failed", "superseded"]


class Task(Struct, frozen=True, kw_only=True):
    """One row of compute.tasks. `generation` is the server's that the task brings about, `position` the next step's.

    `port_id` is the port of the card that an attach_interface or detach_interface is about.
    """

    id: int
    server_id: str
    project_id: str
    user_id: str
    request_id: str
    kind: Kind
    generation: int
    port_id: str | None
    state: State
    undoing: bool
    position: int
    lease_term: int
    waits: int
    errors: int
    deadline_at: datetime | None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class Event(Struct, frozen=True, kw_only=True):
    """One step of a task as it went. `details` are for administrators."""

    task_id: int
    number: int
    name: str
    host: str | None
    result: Literal["Success", "Error"] | None
    details: str | None
    started_at: datetime
    finished_at: datetime | None


class Done(Struct, frozen=True):
    """The step has happened, now or before."""


class Waiting(Struct, frozen=True):
    """The fact that the step needs is not in the database yet; somebody's report will wake the task."""


class Failed(Struct, frozen=True):
    """The step can never happen; what the task made is taken back."""

    fault: Fault


Outcome = Done | Waiting | Failed


def parse_task(row: Mapping[str, Any]) -> Task:
    return msgspec.convert(dict(row), Task)


def parse_event(row: Mapping[str, Any]) -> Event:
    return msgspec.convert(dict(row), Event)
