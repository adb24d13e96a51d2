"""Bodies of flavors and their extra specs.

Source: Compute API v2.1, flavors; extra specs' characters as in Nova's schema.
"""

import re
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from runtime.attributes import Body
from runtime.errors import BadRequest

LARGEST_INTEGER = 2**31 - 1
Size = Annotated[int, Meta(ge=0, le=LARGEST_INTEGER)]
PositiveSize = Annotated[int, Meta(ge=1, le=LARGEST_INTEGER)]
FlavorName = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
FlavorId = Annotated[
    str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_.-]([A-Za-z0-9_. -]*[A-Za-z0-9_.-])?$")
]
SPEC_KEY = re.compile(r"[A-Za-z0-9_:. -]{1,255}")

SINCE = {"description": 55}


class FlavorDraft(Body):
    """`id` is chosen by us when it is absent, null or "auto"; `flavorid` is its old name."""

    name: FlavorName
    ram: PositiveSize
    vcpus: PositiveSize
    disk: Size
    id: FlavorId | None = None
    flavorid: FlavorId | None = None
    swap: Size = 0
    ephemeral: Size = field(name="OS-FLV-EXT-DATA:ephemeral", default=0)
    rxtx_factor: Annotated[float, Meta(gt=0, le=1e9)] = 1.0
    is_public: bool = field(name="os-flavor-access:is_public", default=True)
    description: Annotated[str, Meta(max_length=65535)] | None | UnsetType = UNSET

    @property
    def chosen_id(self) -> str | None:
        wanted = self.id or self.flavorid
        return None if wanted == "auto" else wanted


class CreateFlavor(Body):
    flavor: FlavorDraft


class FlavorChange(Body):
    description: Annotated[str, Meta(max_length=65535)] | None


class UpdateFlavor(Body):
    flavor: FlavorChange


class ExtraSpecs(Body):
    extra_specs: dict[str, str | int | float]


class Tenant(Body):
    tenant: Annotated[str, Meta(min_length=1, max_length=255)]


class FlavorAction(Body):
    """Exactly one of the two."""

    add: Tenant | UnsetType = field(name="addTenantAccess", default=UNSET)
    remove: Tenant | UnsetType = field(name="removeTenantAccess", default=UNSET)


def parse_specs(specs: dict[str, Any]) -> dict[str, str]:
    """Extra specs as text, as they are kept. Raises BadRequest naming the key."""
    parsed = {}
    for key, value in specs.items():
        if not SPEC_KEY.fullmatch(key):
            raise BadRequest(f"Invalid input for extra_specs: '{key[:64]}' is not a valid key.")
        text = str(value)
        if len(text) > 255:
            raise BadRequest(f"Invalid input for extra_specs.{key}: at most 255 characters.")
        parsed[key] = text
    return parsed
