"""The bodies of members, and how one is shown."""

from typing import Annotated, Any

from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from northbound.balancing.errors import UnsupportedOption
from northbound.balancing.members.member import Member
from northbound.balancing.reading import render_shown
from northbound.balancing.unsupported import Refused, refuse
from northbound.projects import Owned
from runtime.attributes import Body, IpAddress, Name, Tag, Uuid

Tags = Annotated[list[Tag], Meta(max_length=50)]
PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Weight = Annotated[int, Meta(ge=0, le=256)]
MOST_AT_ONCE = 250

UNSUPPORTED = {
    "backup": Refused("OVN has no backup members; make a second pool."),
    "monitor_address": Refused("OVN checks a member where it serves; leave it out."),
    "monitor_port": Refused("OVN checks a member where it serves; leave it out."),
    "vnic_type": Refused("OVN serves members of any kind alike.", (None, "normal")),
    "request_sriov": Refused("OVN serves members of any kind alike."),
}


class MemberBody(Owned, kw_only=True):
    address: IpAddress
    protocol_port: PortNumber
    name: Name | None = ""
    subnet_id: Uuid | None = None
    weight: Weight | None = 1
    admin_state_up: bool = True
    tags: Tags | None = None
    backup: Any = UNSET
    monitor_address: Any = UNSET
    monitor_port: Any = UNSET
    vnic_type: Any = UNSET
    request_sriov: Any = UNSET


class CreateMember(Body):
    member: MemberBody


class MemberChanges(Body):
    name: Name | None | UnsetType = UNSET
    weight: Weight | None | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    tags: Tags | None | UnsetType = UNSET
    backup: Any = UNSET
    monitor_address: Any = UNSET
    monitor_port: Any = UNSET


class UpdateMember(Body):
    member: MemberChanges


class BatchMembers(Body):
    members: Annotated[list[MemberBody], Meta(max_length=MOST_AT_ONCE)]


def check_member(body: MemberBody | MemberChanges) -> None:
    """Raises UnsupportedOption for what OVN cannot do."""
    refuse(body, UNSUPPORTED)
    if body.weight not in (UNSET, None, 0, 1):
        raise UnsupportedOption(
            f"weight {body.weight}: OVN gives every member the same share; say 1, or 0 for no new connections."
        )


def render_member(request: web.Request, member: Member) -> dict[str, Any]:
    return {
        **render_shown(request, member),
        "address": member.address,
        "protocol_port": member.protocol_port,
        "subnet_id": member.subnet_id,
        "weight": member.weight,
        "backup": False,
        "monitor_address": None,
        "monitor_port": None,
        "vnic_type": "normal",
    }
