"""The body of a change to a compute service."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from runtime.attributes import Body


class UpdateService(Body):
    """`disabled_reason` goes with `disabled` alone."""

    status: Literal["enabled", "disabled"] | UnsetType = UNSET
    disabled_reason: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
