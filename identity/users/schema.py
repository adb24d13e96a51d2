"""Bodies and rendering of users. A password never leaves; its hash is no attribute."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from identity.bodies import Id, LongName, Open
from identity.users.activity import is_enabled
from identity.users.options import UserOptions
from runtime.attributes import Scalar

LONGEST_PASSWORD_BYTES = 128


class Password(Scalar):
    """1 to 128 bytes of UTF-8."""

    @classmethod
    def parse(cls, text: str) -> "Password":
        if not 1 <= len(text.encode(errors="surrogatepass")) <= LONGEST_PASSWORD_BYTES:
            raise ValueError(f"expected 1 to {LONGEST_PASSWORD_BYTES} bytes")
        return cls(text)


class NewUser(Open):
    name: LongName
    domain_id: Id | None = None
    default_project_id: Id | None = None
    enabled: bool = True
    password: Password | None = None
    options: UserOptions | UnsetType = UNSET


class CreateUser(msgspec.Struct, forbid_unknown_fields=True):
    user: NewUser


class UserChanges(Open):
    """`domain_id` never changes; naming the present value is no change."""

    name: LongName | UnsetType = UNSET
    domain_id: Id | UnsetType = UNSET
    default_project_id: Id | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    password: Password | None | UnsetType = UNSET
    options: UserOptions | UnsetType = UNSET


class UpdateUser(msgspec.Struct, forbid_unknown_fields=True):
    user: UserChanges


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    original_password: Password
    password: Password


class ChangePassword(msgspec.Struct, forbid_unknown_fields=True):
    user: NewPassword


def render_expiry(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def render(row: Mapping[str, Any], inactive_days: int) -> dict[str, Any]:
    shown = {
        **row["extra"],
        "id": row["id"],
        "name": row["name"],
        "domain_id": row["domain_id"],
        "enabled": is_enabled(row, inactive_days),
        "options": row["options"],
        "password_expires_at": render_expiry(row["password_expires_at"]),
    }
    if row["default_project_id"] is not None:
        shown["default_project_id"] = row["default_project_id"]
    return shown


def render_link(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Who the user is for their identity provider; nothing of a user who has none."""
    if row is None:
        return {}
    protocol = {"protocol_id": row["protocol_id"], "unique_id": row["unique_id"]}
    return {"federated": [{"idp_id": row["idp_id"], "protocols": [protocol]}]}
