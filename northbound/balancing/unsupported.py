"""What Octavia's bodies may hold and OVN cannot do: accepted where it says what is so anyway, else refused with why. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import UNSET, Struct

from northbound.balancing.errors import InvalidInput, UnsupportedOption

NOTHING: tuple[Any, ...] = (None, "", [], {}, False)


class Refused(Struct, frozen=True):
    """`reason` why OVN cannot; `harmless` are the values that ask for nothing."""

    reason: str
    harmless: tuple[Any, ...] = NOTHING


def refuse(body: Struct, table: Mapping[str, Refused]) -> None:
    """Raises UnsupportedOption for the first attribute of the table that the body asks something of."""
    for attribute, refused in table.items():
        value = getattr(body, attribute, UNSET)
        if value is not UNSET and value not in refused.harmless:
            raise UnsupportedOption(f"{attribute}: {refused.reason}")


def choose(attribute: str, value: str, supported: Collection[str], known: Collection[str], reason: str) -> str:
    """The value, if OVN has it; raises UnsupportedOption for what only Octavia knows, InvalidInput for anything else."""
    if value in supported:
        return value
    if value in known:
        raise UnsupportedOption(f"{attribute} {value}: {reason}")
    allowed = ", ".join(sorted({*supported, *known}))
    raise InvalidInput(attribute, f"Value: '{value[:64]}'. Value should be one of: {allowed}.")
