"""What an operator decides about addresses."""

import re
from collections.abc import Mapping

from msgspec import Struct

from northbound.addresses.mac import PREFIX

SPELLING = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){2,3}")


class AddressSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`mac_prefix`: the first three or four octets of every MAC address that is made up, e.g. one's own OUI.

    Two clouds on one Ethernet need two of them. Ports that are there keep the address they have.
    """

    mac_prefix: str = PREFIX

    def __post_init__(self) -> None:
        if not SPELLING.fullmatch(self.mac_prefix) or int(self.mac_prefix[:2], 16) & 1:
            raise ValueError("mac_prefix: expected three or four octets of a unicast address, such as fa:16:3e")

    def session(self) -> Mapping[str, str]:
        """What sessions with PostgreSQL are to know; see northbound.mac_prefix there."""
        return {"meridian.mac_prefix": self.mac_prefix}
