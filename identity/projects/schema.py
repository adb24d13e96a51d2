"""Bodies and rendering of projects."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, NoOptions, Open, ShortName, Text
from runtime.attributes import Tag

Tags = Annotated[list[Tag], Meta(max_length=80)]


class NewProject(Open):
    """`is_domain` may only say what is so: a project is no domain."""

    name: ShortName
    domain_id: Id | None = None
    parent_id: Id | None = None
    description: Text | None = ""
    enabled: bool = True
    tags: Tags = []
    is_domain: Literal[False] | UnsetType = UNSET
    options: NoOptions | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.is_domain is True:
            raise ValueError("is_domain: create a domain instead")


class CreateProject(msgspec.Struct, forbid_unknown_fields=True):
    project: NewProject


class ProjectChanges(Open):
    """`domain_id` and `parent_id` never change; naming the present value is no change."""

    name: ShortName | UnsetType = UNSET
    domain_id: Id | UnsetType = UNSET
    parent_id: Id | None | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    options: NoOptions | UnsetType = UNSET


class UpdateProject(msgspec.Struct, forbid_unknown_fields=True):
    project: ProjectChanges


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "domain_id": row["domain_id"],
        "parent_id": row["parent_id"] or row["domain_id"],
        "description": row["description"],
        "enabled": row["enabled"],
        "is_domain": False,
        "tags": row["tags"],
        "options": {},
    }
