"""The body of attaching a network card. Source: Compute API v2.1, port interfaces."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from compute.servers.schema import Tag
from runtime.attributes import Body, IpAddress, Uuid
from runtime.errors import BadRequest

SINCE = {"tag": 49}


class FixedAddress(Body):
    ip_address: IpAddress


class Attachment(Body):
    """On a port, on a network, or, with neither, on the project's only network."""

    port_id: Uuid | None = None
    net_id: Uuid | None = None
    fixed_ips: Annotated[list[FixedAddress], Meta(max_length=1)] | None = None
    tag: Tag | UnsetType = UNSET


class AttachInterface(Body):
    interfaceAttachment: Attachment


def check_attachment(attachment: Attachment) -> None:
    if attachment.port_id and attachment.net_id:
        raise BadRequest("Invalid input for interfaceAttachment: port_id and net_id exclude each other.")
    if attachment.fixed_ips and not attachment.net_id:
        raise BadRequest("Invalid input for interfaceAttachment.fixed_ips: needs net_id.")
