"""Bodies and rendering of trusts."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from identity.attributes import Moment, RoleNamed
from identity.bodies import Id
from identity.tokens.moments import render_time


class NewTrust(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`redelegation_count` means something with `allow_redelegation` alone."""

    trustor_user_id: Id
    trustee_user_id: Id
    impersonation: bool
    project_id: Id | None = None
    roles: Annotated[list[RoleNamed], Meta(max_length=64)] = []
    expires_at: Moment | None = None
    remaining_uses: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    allow_redelegation: bool = False
    redelegation_count: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None

    def __post_init__(self) -> None:
        if (self.project_id is None) != (not self.roles):
            raise ValueError("roles: at least one with a project_id, and none without")


class CreateTrust(msgspec.Struct, forbid_unknown_fields=True):
    trust: NewTrust


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "trustor_user_id": row["trustor_user_id"],
        "trustee_user_id": row["trustee_user_id"],
        "project_id": row["project_id"],
        "impersonation": row["impersonation"],
        "expires_at": row["expires_at"] and render_time(row["expires_at"].timestamp()),
        "deleted_at": None,
        "remaining_uses": row["remaining_uses"],
        "redelegation_count": row["redelegation_count"],
        "redelegated_trust_id": row["redelegated_trust_id"],
    }
