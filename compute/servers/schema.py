"""Bodies of servers and of their actions. Source: Compute API v2.1, servers."""

import base64
import binascii
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from compute.quotas.defaults import METADATA_ITEMS
from compute.quotas.problems import QuotaExceeded
from runtime.attributes import Body, IpAddress, Scalar, Uuid
from runtime.errors import BadRequest

LONGEST_USER_DATA = 65535
MOST_SERVERS = 100
MOST_CARDS = 16
"""Network cards of one server: what its machine has slots for."""
LONGEST_CONSOLE_LINES = 2**31 - 1
Text = Annotated[str, Meta(max_length=255)]
MetadataKey = Annotated[str, Meta(min_length=1, max_length=255)]
Tag = Annotated[str, Meta(min_length=1, max_length=60, pattern="^[^,/]*$")]
MOST_TAGS = 50
Tags = Annotated[list[Tag], Meta(max_length=MOST_TAGS)]
Count = Annotated[int, Meta(ge=1, le=MOST_SERVERS)]

SINCE = {
    "description": 19,
    "tags": 52,
    "trusted_image_certificates": 63,
    "host": 74,
    "hypervisor_hostname": 74,
    "hostname": 90,
}


class Printable(Scalar):
    """One line of 1 to 255 characters, without control characters or spaces around it."""

    @classmethod
    def parse(cls, text: str) -> "Printable":
        if not text.strip() or len(text) > 255 or not text.isprintable():
            raise ValueError("expected 1 to 255 printable characters")
        return cls(text.strip())


class AccessIp(Scalar):
    """An address that the tenant wants shown; empty for none."""

    @classmethod
    def parse(cls, text: str) -> "AccessIp":
        return cls(IpAddress.parse(text) if text else "")


class WantedNetwork(Body):
    """One network card: on a port that exists, or on a network."""

    uuid: Uuid | None = None
    port: Uuid | None = None
    fixed_ip: IpAddress | None = None
    tag: Tag | UnsetType = UNSET


class GroupName(Body):
    """A security group by name or id."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]


class BlockDevice(Body):
    """Only the image as a local root disk is offered; everything else is refused by name."""

    source_type: str = "image"
    destination_type: str = "local"
    boot_index: int | str | None = None
    uuid: str | None = None
    delete_on_termination: bool = True
    device_name: str | None = None
    device_type: str | None = None
    disk_bus: str | None = None
    guest_format: str | None = None
    no_device: bool = False
    tag: str | None = None
    volume_size: int | str | None = None
    volume_type: str | None = None


class ServerDraft(Body):
    name: Printable
    flavorRef: str | int
    imageRef: str = ""
    networks: Literal["auto", "none"] | Annotated[list[WantedNetwork], Meta(max_length=MOST_CARDS)] | UnsetType = UNSET
    key_name: Annotated[str, Meta(max_length=255)] | None = None
    user_data: Annotated[str, Meta(max_length=LONGEST_USER_DATA)] | None = None
    metadata: dict[MetadataKey, Text] = {}
    security_groups: Annotated[list[GroupName], Meta(max_length=32)] = []
    availability_zone: Annotated[str, Meta(max_length=255)] | None = None
    config_drive: bool | str | None = None
    min_count: Count | UnsetType = UNSET
    max_count: Count | UnsetType = UNSET
    return_reservation_id: bool = False
    block_device_mapping_v2: Annotated[list[BlockDevice], Meta(max_length=255)] = []
    accessIPv4: AccessIp | None = None
    accessIPv6: AccessIp | None = None
    adminPass: Annotated[str, Meta(max_length=255)] | None = None
    disk_config: Literal["AUTO", "MANUAL"] = field(name="OS-DCF:diskConfig", default="MANUAL")
    description: Text | None | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    host: Text | UnsetType = UNSET
    hypervisor_hostname: Text | UnsetType = UNSET
    hostname: Text | UnsetType = UNSET
    personality: list[Any] | dict[str, Any] | UnsetType = UNSET
    trusted_image_certificates: list[str] | None | UnsetType = UNSET


class Hints(Body):
    """No hint is understood, so that none may be given."""


class CreateServer(Body):
    server: ServerDraft
    hints: Hints | UnsetType = field(name="OS-SCH-HNT:scheduler_hints", default=UNSET)
    plain_hints: Hints | UnsetType = field(name="os:scheduler_hints", default=UNSET)


class ServerChange(Body):
    name: Printable | UnsetType = UNSET
    description: Text | None | UnsetType = UNSET
    hostname: Text | UnsetType = UNSET
    accessIPv4: AccessIp | None | UnsetType = UNSET
    accessIPv6: AccessIp | None | UnsetType = UNSET
    disk_config: Literal["AUTO", "MANUAL"] | UnsetType = field(name="OS-DCF:diskConfig", default=UNSET)


class UpdateServer(Body):
    server: ServerChange


class Metadata(Body):
    metadata: dict[MetadataKey, Text]


class MetadataItem(Body):
    meta: dict[MetadataKey, Text]


class TagList(Body):
    tags: Tags


class Reboot(Body):
    type: Literal["SOFT", "HARD", "soft", "hard", "Soft", "Hard"]


class ConsoleOutput(Body):
    """`length` is a number of lines; null, absent and -1 are all there is."""

    length: (
        Annotated[int, Meta(ge=-1, le=LONGEST_CONSOLE_LINES)] | Annotated[str, Meta(pattern="^-?[0-9]{1,9}$")] | None
    ) = None


class Nothing(Body):
    """`{}` or null: an action without words."""


class ServerAction(Body):
    """Exactly one of these; the wire names are Nova's."""

    start: Nothing | None | UnsetType = field(name="os-start", default=UNSET)
    stop: Nothing | None | UnsetType = field(name="os-stop", default=UNSET)
    reboot: Reboot | UnsetType = UNSET
    console: ConsoleOutput | UnsetType = field(name="os-getConsoleOutput", default=UNSET)
    add_group: GroupName | UnsetType = field(name="addSecurityGroup", default=UNSET)
    remove_group: GroupName | UnsetType = field(name="removeSecurityGroup", default=UNSET)
    force_delete: Nothing | None | UnsetType = field(name="forceDelete", default=UNSET)


def check_offered(draft: ServerDraft) -> None:
    """Raises BadRequest for what is asked for and not offered, naming the attribute."""
    refused = {
        "personality": draft.personality is not UNSET,
        "trusted_image_certificates": bool(draft.trusted_image_certificates),
        "config_drive": _is_true(draft.config_drive),
        "block_device_mapping_v2": not all(_is_root_disk(device, draft) for device in draft.block_device_mapping_v2),
    }
    words = {
        "personality": "files are not injected; use user_data",
        "trusted_image_certificates": "image signatures are not verified",
        "config_drive": "no config drives are made; the metadata service answers on every network",
        "block_device_mapping_v2": "only the image of imageRef as a local root disk is offered",
    }
    for name, wanted in refused.items():
        if wanted:
            raise BadRequest(f"Invalid input for server.{name}: {words[name]}.")


def _is_true(value: bool | str | None) -> bool:
    if isinstance(value, str):
        if value.lower() not in ("", "true", "false", "1", "0"):
            raise BadRequest("Invalid input for server.config_drive: expected true or false.")
        return value.lower() in ("true", "1")
    return bool(value)


def _is_root_disk(device: BlockDevice, draft: ServerDraft) -> bool:
    local_image = (device.source_type, device.destination_type) == ("image", "local")
    return local_image and str(device.boot_index) == "0" and device.uuid == draft.imageRef


def check_user_data(text: str | None) -> str | None:
    """The user data as it came; raises BadRequest unless it is base64."""
    if text is None:
        return None
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("Invalid input for server.user_data: expected base64.") from error
    return text


def check_metadata(metadata: dict[str, str]) -> dict[str, str]:
    if len(metadata) > METADATA_ITEMS:
        raise QuotaExceeded(f"Maximum number of metadata items exceeds {METADATA_ITEMS}")
    return metadata


def check_tag(tag: str) -> str:
    if not 1 <= len(tag) <= 60 or "," in tag or "/" in tag:
        raise BadRequest("Invalid input for tag: 1 to 60 characters, without comma and slash.")
    return tag


def counts(draft: ServerDraft) -> tuple[int, int]:
    """(fewest, most) servers that the request wants. Source: Nova, multiple create."""
    fewest = 1 if draft.min_count is UNSET else draft.min_count
    most = fewest if draft.max_count is UNSET else draft.max_count
    if fewest > most:
        raise BadRequest("Invalid input for server.min_count: must be at most max_count.")
    return fewest, most
