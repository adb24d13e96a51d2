"""The bodies of the address groups API, and how a group is shown."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from northbound.address_groups.address_group import AddressGroup, InvalidAddress, TooManyAddresses
from northbound.address_groups.ranges import MOST_ADDRESSES, expand_all
from northbound.nouns.noun import standard
from northbound.projects import Owned
from runtime.attributes import Body, Description, Name

Addresses = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=MOST_ADDRESSES)]


class GroupDraft(Owned, kw_only=True):
    name: Name = ""
    description: Description = ""
    addresses: Addresses = []


class CreateAddressGroup(Body):
    address_group: GroupDraft | UnsetType = UNSET
    address_groups: list[GroupDraft] | UnsetType = UNSET


class GroupChanges(Body):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class UpdateAddressGroup(Body):
    address_group: GroupChanges


class ChangeAddresses(Body):
    addresses: Addresses


def parse_addresses(texts: Sequence[str], *, bare: bool = False) -> list[str]:
    """CIDRs; raises InvalidAddress, TooManyAddresses."""
    try:
        return checked(expand_all(texts, bare=bare))
    except ValueError as error:
        raise InvalidAddress(error) from None


def checked(addresses: list[str]) -> list[str]:
    if len(addresses) > MOST_ADDRESSES:
        raise TooManyAddresses
    return addresses


def draft_group(body: GroupDraft, project_id: str) -> AddressGroup:
    return AddressGroup(
        id=str(uuid.uuid4()),
        project_id=project_id,
        name=body.name,
        description=body.description,
        addresses=parse_addresses(body.addresses),
    )


def render_group(group: AddressGroup) -> dict[str, Any]:
    return standard(group, "name", "description", "addresses", "shared")
