"""Bodies of keypairs. Source: Compute API v2.1, keypairs."""

import re
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from runtime.attributes import Body
from runtime.errors import BadRequest

SINCE = {"type": 2, "user_id": 10}
PLAIN_NAME = re.compile(r"[A-Za-z0-9 _-]+")
WIDER_NAME = re.compile(r"[A-Za-z0-9@._ -]+")
WIDER_NAMES_SINCE = PUBLIC_KEY_REQUIRED_SINCE = 92


class KeypairDraft(Body):
    """`user_id` lets an administrator import a key for somebody else."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    public_key: Annotated[str, Meta(min_length=1, max_length=16384)] | UnsetType = UNSET
    type: Literal["ssh"] | UnsetType = UNSET
    user_id: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET


class CreateKeypair(Body):
    keypair: KeypairDraft


def check_draft(draft: KeypairDraft, minor: int) -> None:
    """Raises BadRequest for a name or a missing key that microversion 2.`minor` does not take."""
    pattern = WIDER_NAME if minor >= WIDER_NAMES_SINCE else PLAIN_NAME
    if not pattern.fullmatch(draft.name) or draft.name != draft.name.strip():
        raise BadRequest("Invalid input for keypair.name: expected letters, digits, spaces, '-' and '_'.")
    if draft.public_key is UNSET and minor >= PUBLIC_KEY_REQUIRED_SINCE:
        raise BadRequest("Invalid input for keypair: public_key is required since microversion 2.92.")
