"""An address group as PostgreSQL holds it, and what can be wrong with one."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from northbound.address_groups.ranges import MOST_ADDRESSES
from runtime.errors import BadRequest, Conflict, NotFound

SHOWN = 5


class AddressGroup(Struct, frozen=True, kw_only=True):
    """`addresses` are CIDRs without host bits, each once. `shared`: with everyone."""

    id: str
    project_id: str
    name: str
    description: str = ""
    addresses: list[str] = []
    shared: bool = False
    revision_number: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


class AddressGroupNotFound(NotFound):
    def __init__(self, group_id: str) -> None:
        super().__init__(f"Address group {group_id} could not be found.")


class AddressGroupInUse(Conflict):
    def __init__(self, group_id: str) -> None:
        super().__init__(f"Address group {group_id} is in use on one or more security group rules.")


class InvalidAddress(BadRequest):
    kind = "InvalidInput"

    def __init__(self, reason: object) -> None:
        super().__init__(f"Invalid input for addresses: {reason}.")


class AddressesAlreadyExist(BadRequest):
    def __init__(self, group_id: str, addresses: Sequence[str]) -> None:
        super().__init__(f"Addresses {_some(addresses)} already exist in the address group {group_id} (addresses).")


class AddressesNotFound(NotFound):
    def __init__(self, group_id: str, addresses: Sequence[str]) -> None:
        super().__init__(f"Addresses {_some(addresses)} not found in the address group {group_id} (addresses).")


class TooManyAddresses(BadRequest):
    def __init__(self) -> None:
        super().__init__(f"Invalid input for addresses: an address group has at most {MOST_ADDRESSES} CIDRs.")


def _some(addresses: Sequence[str]) -> str:
    return ", ".join(addresses[:SHOWN]) + (" ..." if len(addresses) > SHOWN else "")
