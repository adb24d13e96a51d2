"""Bodies and rendering of endpoints."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from identity.bodies import Id, Open
from identity.catalog.urls import check_template
from runtime.attributes import Scalar

Interface = Literal["public", "internal", "admin"]
RegionId = Annotated[str, Meta(max_length=255)]
LONGEST_URL = 2048
ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.ASCII)


class EndpointUrl(Scalar):
    """An http(s) address, in which only the project's id may be filled in later."""

    @classmethod
    def parse(cls, text: str) -> "EndpointUrl":
        if len(text) > LONGEST_URL or not ADDRESS.fullmatch(text):
            raise ValueError(f"expected an http or https address of at most {LONGEST_URL} characters")
        check_template(text)
        return cls(text)


class NewEndpoint(Open):
    """`region` is the older spelling of `region_id`."""

    service_id: Id
    interface: Interface
    url: EndpointUrl
    region_id: RegionId | None | UnsetType = UNSET
    region: RegionId | None | UnsetType = UNSET
    enabled: bool = True


class CreateEndpoint(msgspec.Struct, forbid_unknown_fields=True):
    endpoint: NewEndpoint


class EndpointChanges(Open):
    service_id: Id | UnsetType = UNSET
    interface: Interface | UnsetType = UNSET
    url: EndpointUrl | UnsetType = UNSET
    region_id: RegionId | None | UnsetType = UNSET
    region: RegionId | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class UpdateEndpoint(msgspec.Struct, forbid_unknown_fields=True):
    endpoint: EndpointChanges


def fold_region(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes with `region` under its newer name."""
    folded = {key: value for key, value in attributes.items() if key != "region"}
    if "region" in attributes:
        folded.setdefault("region_id", attributes["region"])
    return folded


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["extra"],
        "id": row["id"],
        "service_id": row["service_id"],
        "region_id": row["region_id"],
        "region": row["region_id"],
        "interface": row["interface"],
        "url": row["url"],
        "enabled": row["enabled"],
    }
