"""Bodies and rendering of projects."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, Open, ShortName, Text
from identity.nouns.options import ResourceOptions
from runtime.attributes import Scalar

MOST_TAGS = 80


def is_tag(text: str) -> bool:
    """1 to 255 characters; commas part the tags of a filter, slashes those of a path."""
    return re.fullmatch(r"[^,/\x00]{1,255}", text) is not None


class ProjectTag(Scalar):
    @classmethod
    def parse(cls, text: str) -> "ProjectTag":
        if not is_tag(text):
            raise ValueError("expected 1 to 255 characters, none of them a comma or a slash")
        return cls(text)


Tags = Annotated[list[ProjectTag], Meta(max_length=MOST_TAGS)]


def _refuse_twins(tags: list[ProjectTag]) -> None:
    if len(set(tags)) < len(tags):
        raise ValueError("tags: each of them once")


class SetTags(msgspec.Struct, forbid_unknown_fields=True):
    tags: Tags

    def __post_init__(self) -> None:
        _refuse_twins(self.tags)


class NewProject(Open):
    """With `is_domain`, a domain in the shape of a project: it stands in no domain and below no project."""

    name: ShortName
    domain_id: Id | None = None
    parent_id: Id | None = None
    description: Text | None = ""
    enabled: bool = True
    tags: Tags = []
    is_domain: bool = False
    options: ResourceOptions | UnsetType = UNSET

    def __post_init__(self) -> None:
        _refuse_twins(self.tags)
        if self.is_domain and (self.domain_id or self.parent_id or self.tags):
            raise ValueError("is_domain: a domain has no domain_id, no parent_id and no tags")


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
    options: ResourceOptions | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.tags is not UNSET:
            _refuse_twins(self.tags)


class UpdateProject(msgspec.Struct, forbid_unknown_fields=True):
    project: ProjectChanges


def render_domain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A domain in the shape of a project."""
    return render({**row, "domain_id": None, "parent_id": None, "tags": [], "is_domain": True})


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "domain_id": row["domain_id"],
        "parent_id": row["parent_id"] or row["domain_id"],
        "description": row["description"],
        "enabled": row["enabled"],
        "is_domain": row.get("is_domain", False),
        "tags": row["tags"],
        "options": row["options"],
    }
