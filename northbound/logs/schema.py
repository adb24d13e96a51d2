"""The bodies of the logs API, and how a log is shown."""

import uuid
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from northbound.logs.log import Event, Log
from northbound.nouns.noun import standard
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name, Uuid


class LogDraft(Owned, kw_only=True):
    resource_type: Literal["security_group"]
    name: Name = ""
    description: Description = ""
    enabled: bool = True
    event: Event = "ALL"
    resource_id: Uuid | None = None
    target_id: Uuid | None = None


class CreateLog(Body):
    log: LogDraft | UnsetType = UNSET
    logs: list[LogDraft] | UnsetType = UNSET


class LogChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class UpdateLog(Body):
    log: LogChanges


def draft_log(body: LogDraft, project_id: str) -> Log:
    return Log(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        enabled=body.enabled,
        event=body.event,
        resource_type=body.resource_type,
        resource_id=str(body.resource_id) if body.resource_id else None,
        target_id=str(body.target_id) if body.target_id else None,
    )


def render_log(log: Log) -> dict[str, Any]:
    names = ("name", "description", "enabled", "event", "resource_type", "resource_id", "target_id")
    return standard(log, *names)
