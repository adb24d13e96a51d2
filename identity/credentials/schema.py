"""Bodies and rendering of credentials. A seed is never shown, not even to its owner.

Any type may be kept, as in Keystone; of them only passcodes (totp) open a door here: nothing takes signatures made with
a credential of type ec2.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id

LARGEST_BLOB = 16 * 1024
TOTP = "totp"
LEAST_SEED_BYTES = 16
Blob = Annotated[str, Meta(min_length=1, max_length=LARGEST_BLOB)]
Kind = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")]


class NewCredential(msgspec.Struct, forbid_unknown_fields=True):
    """`user_id` is the caller's own when it is not given."""

    type: Kind
    blob: Blob
    user_id: Id | None = None
    project_id: Id | None = None

    def __post_init__(self) -> None:
        if self.type == TOTP:
            check_seed(self.blob)


class CreateCredential(msgspec.Struct, forbid_unknown_fields=True):
    credential: NewCredential


class CredentialChanges(msgspec.Struct, forbid_unknown_fields=True):
    """Whose a credential is, and what it is, never changes; naming the present value is no change."""

    blob: Blob | UnsetType = UNSET
    type: Kind | UnsetType = UNSET
    user_id: Id | UnsetType = UNSET
    project_id: Id | None | UnsetType = UNSET


class UpdateCredential(msgspec.Struct, forbid_unknown_fields=True):
    credential: CredentialChanges


def check_seed(seed: str) -> None:
    """Raises ValueError for what no passcode can be made from."""
    try:
        length = len(base64.b32decode(seed.upper() + "=" * (-len(seed) % 8)))
    except (binascii.Error, ValueError):
        length = 0
    if length < LEAST_SEED_BYTES:
        raise ValueError(f"blob: a seed for passcodes is at least {LEAST_SEED_BYTES} bytes in base32")


def render(row: Mapping[str, Any], blob: str | None) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "type", "user_id", "project_id")} | {"blob": blob}
