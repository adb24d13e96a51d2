"""Names of entries (DNs), as far as two of them are to be compared. Pure.

Attributes and values are compared without case and with spaces folded, as the attributes that name people are.
Source: RFC 4514, 4518.
"""

import re

PAIR = re.compile(rb"\\([0-9a-fA-F]{2}|.)", re.DOTALL)
PART = re.compile(r"(?:\\.|[^\\,;+])*", re.DOTALL)

Name = tuple[tuple[tuple[str, str], ...], ...]


def parse_name(dn: str) -> Name:
    """The parts of the name, the entry's own first, each its attributes and values in a fixed order."""
    parts: list[list[tuple[str, str]]] = [[]]
    place = 0
    while place <= len(dn):
        found = PART.match(dn, place)
        text = found[0] if found else ""
        attribute, _, value = text.partition("=")
        parts[-1].append((attribute.strip().lower(), _plain(value)))
        place += len(text)
        if place < len(dn) and dn[place] == "\\":
            parts.append([("", dn)])  # what is no name is like no other
            break
        if place < len(dn) and dn[place] in ",;":
            parts.append([])
        place += 1
    return tuple(tuple(sorted(part)) for part in parts)


def value_of(name: Name, attribute: str) -> str | None:
    """What the entry's own part says of the attribute, in lower case; None when it says nothing."""
    return next((value for key, value in name[0] if key == attribute.lower()), None)


def _plain(value: str) -> str:
    raw = PAIR.sub(lambda pair: bytes.fromhex(pair[1].decode()) if len(pair[1]) == 2 else pair[1], value.encode())
    return " ".join(raw.decode(errors="replace").split()).lower()
