"""The rules of a mapping, and what is wrong with those that can never work. Pure.

A rule says what has to be true of the claims (`remote`), and whom they then describe (`local`). Each entry of
`remote` without `any_one_of` and `not_any_of` is a value that texts of `local` name by its place: {0}, {1}, and so on.

Patterns are matched by RE2, in a time that grows with the text alone; what RE2 cannot do (looking around,
backreferences) is refused when the rule is written.

Source: Keystone's documentation, "Mapping Combinations"; versions 1.0 and 2.0 of its attribute mapping schema.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import re2
from msgspec import Meta

from runtime.errors import BadRequest

PLACE = re.compile(r"\{(\d{1,3})\}")
LONGEST_TEXT = 1024
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Values = Annotated[list[Annotated[str, Meta(max_length=LONGEST_TEXT)]], Meta(max_length=256)]
Many = Text | Annotated[list[Text], Meta(min_length=1, max_length=64)]
"""One text that may stand for several values, or a list of texts."""
Version = Literal["1.0", "2.0"]
PATTERN_MEMORY_BYTES = 1 << 20


class DomainOf(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: Text | None = None
    name: Text | None = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.name is None):
            raise ValueError("a domain is named by its id or its name")


class LocalUser(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`type` "local" is a user who exists here, "ephemeral" (or nothing) one whom the provider alone knows."""

    id: Text | None = None
    name: Text | None = None
    email: Text | None = None
    domain: DomainOf | None = None
    type: Literal["ephemeral", "local"] | None = None

    def __post_init__(self) -> None:
        if self.type == "local" and self.id is None and (self.name is None or self.domain is None):
            raise ValueError("a local user is named by id, or by name and domain")


class LocalGroup(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: Text | None = None
    name: Text | None = None
    domain: DomainOf | None = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.name is None) or (self.name is None) != (self.domain is None):
            raise ValueError("a group is named by its id, or by its name and domain")


class LocalRole(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: Text


class LocalProject(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: Text
    roles: Annotated[list[LocalRole], Meta(min_length=1, max_length=32)]
    domain: DomainOf | None = None


class Local(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`domain` is that of the groups that are named beside it; in version 2.0 also of users and projects."""

    user: LocalUser | None = None
    group: LocalGroup | None = None
    groups: Many | None = None
    group_ids: Many | None = None
    projects: Annotated[list[LocalProject], Meta(min_length=1, max_length=64)] | None = None
    domain: DomainOf | None = None

    def __post_init__(self) -> None:
        if self.groups is not None and self.domain is None:
            raise ValueError("groups are named together with their domain")


class Remote(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`type` is the name of a claim. At most one of the four conditions; `regex` says that its texts are patterns."""

    type: Text
    any_one_of: Values | None = None
    not_any_of: Values | None = None
    whitelist: Values | None = None
    blacklist: Values | None = None
    regex: bool | None = None

    def __post_init__(self) -> None:
        if sum(values is not None for values in self.conditions.values()) > 1:
            raise ValueError(f"one of {', '.join(self.conditions)} at most")
        if self.regex:
            for text in next((values for values in self.conditions.values() if values is not None), ()):
                pattern(text)

    @property
    def conditions(self) -> dict[str, list[str] | None]:
        names = ("any_one_of", "not_any_of", "whitelist", "blacklist")
        return {name: getattr(self, name) for name in names}

    @property
    def is_value(self) -> bool:
        """Whether it has a place among the values that `local` names."""
        return self.any_one_of is None and self.not_any_of is None


class Rule(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    local: Annotated[list[Local], Meta(min_length=1, max_length=32)]
    remote: Annotated[list[Remote], Meta(min_length=1, max_length=32)]


Rules = Annotated[list[Rule], Meta(min_length=1, max_length=100)]


@lru_cache(maxsize=1024)
def pattern(text: str) -> re2._Regexp:
    """Raises ValueError for what is no pattern of RE2."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY_BYTES
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else "it is too large"
        raise ValueError(f"'{text[:64]}' is no pattern of RE2: {reason}") from error


def check_rules(rules: Sequence[Rule], version: str) -> None:
    """Raises BadRequest, naming the rule and the text in it, for texts that name a value that is not there, and for
    domains of projects in version 1.0."""
    for number, rule in enumerate(rules):
        count = sum(remote.is_value for remote in rule.remote)
        where = f"mapping.rules[{number}].local"
        for path, text in _texts(msgspec.to_builtins(rule.local), where):
            _check_text(path, text, count)
        for place, local in enumerate(rule.local):
            _check_lists(local, f"{where}[{place}]")
            if version == "1.0" and any(project.domain for project in local.projects or ()):
                raise BadRequest(
                    f"Invalid input for {where}[{place}].projects: the domain of a project takes schema_version 2.0."
                )


def _texts(tree: object, path: str) -> Iterator[tuple[str, str]]:
    match tree:
        case str():
            yield path, tree
        case dict():
            for name, part in tree.items():
                yield from _texts(part, f"{path}.{name}")
        case list():
            for number, part in enumerate(tree):
                yield from _texts(part, f"{path}[{number}]")


def _check_text(path: str, text: str, count: int) -> None:
    for place in PLACE.findall(text):
        if int(place) >= count:
            raise BadRequest(
                f"Invalid input for {path}: {{{place}}} names no value; the rule has {count}, counted from 0, of the "
                "entries of remote without any_one_of and not_any_of."
            )
    if "{" in PLACE.sub("", text) or "}" in PLACE.sub("", text):
        raise BadRequest(f"Invalid input for {path}: braces stand around the number of a value alone.")


def _check_lists(local: Local, path: str) -> None:
    for name in ("groups", "group_ids"):
        try:
            written_list(getattr(local, name))
        except ValueError as error:
            raise BadRequest(f"Invalid input for {path}.{name}: {error}.") from error


def written_list(many: Many | None) -> list[str]:
    """The texts that `groups` or `group_ids` holds: a list, or one text, which may be a list written out
    (`"['a', 'b']"`) as Keystone reads it. Raises ValueError for one that is not."""
    if many is None or isinstance(many, list):
        return many or []
    if not many.startswith("["):
        return [many]
    try:
        found = ast.literal_eval(many)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("a text that begins with [ is a list of texts") from error
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise ValueError("a text that begins with [ is a list of texts")
    return found
