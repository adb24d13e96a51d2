"""Bodies and rendering of application credentials. The secret is in the answer to its creation and nowhere else."""

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from identity.attributes import Moment, RoleNamed
from identity.bodies import Id, LongName, Text
from identity.users.schema import Password

MOST_RULES = 32
WORD_TIME = "%Y-%m-%dT%H:%M:%S.%f"


class NewAccessRule(msgspec.Struct, forbid_unknown_fields=True):
    """A rule that the user has, by `id`, or a new one."""

    id: Id | None = None
    path: Annotated[str, Meta(max_length=225, pattern=r"^/")] | None = None
    method: Literal["POST", "GET", "HEAD", "PATCH", "PUT", "DELETE"] | None = None
    service: Id | None = None

    def __post_init__(self) -> None:
        whole = [part is not None for part in (self.path, self.method, self.service)]
        if any(whole) if self.id is not None else not all(whole):
            raise ValueError("an access rule is an id, or path, method and service")


class NewApplicationCredential(msgspec.Struct, forbid_unknown_fields=True):
    name: LongName
    description: Text | None = None
    secret: Password | None = None
    expires_at: Moment | None = None
    roles: Annotated[list[RoleNamed], Meta(max_length=64)] | None = None
    unrestricted: bool = False
    access_rules: Annotated[list[NewAccessRule], Meta(max_length=MOST_RULES)] | None = None


class CreateApplicationCredential(msgspec.Struct, forbid_unknown_fields=True):
    application_credential: NewApplicationCredential


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` has its roles and its access rules, as the store reads it."""
    shown = {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "user_id": row["user_id"],
        "project_id": row["project_id"],
        "unrestricted": row["unrestricted"],
        "expires_at": row["expires_at"] and row["expires_at"].astimezone(UTC).strftime(WORD_TIME),
        "roles": row["roles"],
    }
    return shown | ({"access_rules": render_rules(row["access_rules"])} if row["access_rules"] else {})


def render_rules(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: rule[key] for key in ("id", "service", "method", "path")} for rule in rules]
