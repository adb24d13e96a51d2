"""What an entry of a directory is here: a user or a group. Pure.

An entry without an id, a name or readable text in them is nobody. Whether a user is enabled is read strictly: what is
not understood is disabled.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from identity.directories.copies import GroupCopy, UserCopy, group_id, user_id
from identity.directories.options import DirectoryOptions

LONGEST_NAME = 255
LONGEST_TEXT = 4096
TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class Entry(NamedTuple):
    """`values` by the names of attributes in lower case."""

    dn: str
    values: Mapping[str, Sequence[bytes]]

    def text(self, attribute: str | None) -> str | None:
        """The only or first value as text; None when there is none that can be read."""
        if attribute is None or not (values := self.values.get(attribute.lower())):
            return None
        try:
            text = values[0].decode()
        except UnicodeDecodeError:
            return None
        return None if "\x00" in text else text


def parse_user(domain_id: str, options: DirectoryOptions, entry: Entry) -> UserCopy | None:
    local_id, name = entry.text(options.user_id_attribute), entry.text(options.user_name_attribute)
    if not local_id or not name or len(name) > LONGEST_NAME:
        return None
    shown = {
        "email": entry.text(options.user_mail_attribute),
        "description": entry.text(options.user_description_attribute),
    }
    return UserCopy(
        id=user_id(domain_id, local_id),
        local_id=local_id,
        name=name,
        enabled=is_enabled(options, entry.values.get(options.user_enabled_attribute.lower())),
        default_project_id=entry.text(options.user_default_project_id_attribute),
        extra={key: text[:LONGEST_TEXT] for key, text in shown.items() if text is not None},
    )


def parse_group(domain_id: str, options: DirectoryOptions, entry: Entry) -> GroupCopy | None:
    local_id, name = entry.text(options.group_id_attribute), entry.text(options.group_name_attribute)
    if not local_id or not name or len(name) > LONGEST_NAME:
        return None
    description = entry.text(options.group_desc_attribute) or ""
    return GroupCopy(
        id=group_id(domain_id, local_id), local_id=local_id, name=name, description=description[:LONGEST_TEXT]
    )


def parse_members(options: DirectoryOptions, entry: Entry) -> tuple[str, ...] | None:
    """What the group's entry says of its members; None when it shows only some of them.

    Source: Active Directory, range retrieval: `member` is empty then, and `member;range=0-1499` has the first ones.
    """
    attribute = options.group_member_attribute.lower()
    if any(name.startswith(f"{attribute};range=") for name in entry.values):
        return None
    return tuple(value.decode(errors="replace") for value in entry.values.get(attribute, ()))


def is_enabled(options: DirectoryOptions, values: Sequence[bytes] | None) -> bool:
    """By the attribute's one value, or by `user_enabled_default` when there is no such attribute.

    With a mask, bits that are all set mean disabled (Active Directory's userAccountControl has 2); inverted, true means
    disabled (a lock).
    """
    if values is None:
        text = options.user_enabled_default
    else:
        text = values[0].decode("ascii", errors="replace") if len(values) == 1 else None
    if text is None:
        return False
    if options.user_enabled_mask:
        return text.isdecimal() and int(text[:20]) & options.user_enabled_mask != options.user_enabled_mask
    said = text.strip().lower()
    return said in (FALSE if options.user_enabled_invert else TRUE)
