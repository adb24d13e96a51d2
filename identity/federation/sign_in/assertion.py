"""The claims of a provider under the names that mappings know them by. Pure.

Mappings are written for what mod_auth_openidc hands to Keystone: the claim `preferred_username` is
`OIDC-preferred_username`, and `HTTP_OIDC_PREFERRED_USERNAME`. A claim with a list has its values; they are never taken
apart at semicolons, so that nobody who may choose one name chooses several.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from identity.federation.mappings.evaluation import Assertion

MOST_VALUES = 256
LONGEST_VALUE = 1024


def assertion_of(claims: Mapping[str, Any]) -> Assertion:
    """Values that no database could hold, that are empty or too long, are left out, as are values beyond the 256th."""
    found: dict[str, list[str]] = {}
    for claim, content in claims.items():
        items = content if isinstance(content, list) else [content]
        values = [text for text in map(_text, items[:MOST_VALUES]) if text is not None]
        found[f"OIDC-{claim}"] = found[f"HTTP_OIDC_{claim.upper().replace('-', '_')}"] = values
    return found


def _text(item: Any) -> str | None:
    """As mod_auth_openidc writes it: true is 1, an object is its JSON."""
    match item:
        case str():
            text = item
        case bool():
            text = "1" if item else "0"
        case int() | float() if abs(item) < 1e18:
            text = str(item)
        case dict():
            try:
                text = msgspec.json.encode(item).decode()
            except (UnicodeEncodeError, msgspec.EncodeError, RecursionError):
                return None
        case _:
            return None
    return text if 0 < len(text) <= LONGEST_VALUE and _is_plain(text) else None


def _is_plain(text: str) -> bool:
    """No NUL, and no half of a surrogate pair, which JSON can write and nothing can store."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
