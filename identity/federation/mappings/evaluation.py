"""From what a provider says of somebody to who they are here. Pure.

Every rule whose conditions hold adds what it says; of several users the first one counts. A text of a user, a domain
or a role takes one value; that of a group or project stands for as many as there are. Nothing that is not in a
rule comes out: values fill the places that rules leave for them, and are never read as rules, lists or patterns.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from identity.federation.mappings.rules import (
    PLACE,
    DomainOf,
    Local,
    LocalGroup,
    LocalProject,
    LocalUser,
    Remote,
    Rule,
    pattern,
    written_list,
)

Assertion = Mapping[str, Sequence[str]]
"""The values of each claim, by its name; a claim without values is as one that is not there."""
Found = Sequence[Sequence[str]]
MOST = 64
"""Groups, and projects, of one user."""


class DomainRef(NamedTuple):
    """By id or by name."""

    id: str | None = None
    name: str | None = None


class MappedUser(NamedTuple):
    """`domain` is None where the rule names none that counts."""

    id: str | None
    name: str | None
    email: str | None
    domain: DomainRef | None
    is_local: bool


class GroupRef(NamedTuple):
    name: str
    domain: DomainRef


class MappedProject(NamedTuple):
    name: str
    roles: tuple[str, ...]
    domain: DomainRef | None


class Mapped(NamedTuple):
    """Who somebody is. Groups are those that rules name, whether or not they exist; each of them once."""

    user: MappedUser
    group_ids: tuple[str, ...]
    groups: tuple[GroupRef, ...]
    projects: tuple[MappedProject, ...]


class MappingRefused(Exception):
    """The claims describe nobody; the message is for the log."""


def evaluate(rules: Iterable[Rule], assertion: Assertion, version: str) -> Mapped:
    """Raises MappingRefused when no rule names a user, or a value is needed where there is none or several."""
    users: list[MappedUser] = []
    group_ids: dict[str, None] = {}
    groups: dict[GroupRef, None] = {}
    projects: dict[tuple[str, DomainRef | None], set[str]] = {}
    for rule in rules:
        found = match(rule.remote, assertion)
        if found is None:
            continue
        for local in rule.local:
            if local.user is not None and not users:
                users.append(_user(local.user, local, found, version))
            group_ids.update(dict.fromkeys(_group_ids(local, found)))
            groups.update(dict.fromkeys(_groups(local, found)))
            for project in local.projects or ():
                for name in _many(project.name, found):
                    key = (name, _domain_of(project, local, found, version))
                    projects.setdefault(key, set()).update(_one(role.name, found) for role in project.roles)
    if not users:
        raise MappingRefused("no rule of the mapping names a user")
    if len(group_ids) + len(groups) > MOST or len(projects) > MOST:
        raise MappingRefused(f"more than {MOST} groups or projects")
    return Mapped(
        users[0],
        tuple(group_ids),
        tuple(groups),
        tuple(MappedProject(name, tuple(sorted(roles)), domain) for (name, domain), roles in projects.items()),
    )


def match(requirements: Iterable[Remote], assertion: Assertion) -> Found | None:
    """The values that the rule may use, in the order of its requirements; None when one of them does not hold."""
    found: list[Sequence[str]] = []
    for requirement in requirements:
        values = assertion.get(requirement.type, ())
        if not values:
            return None
        if requirement.is_value:
            found.append(_filtered(requirement, values))
        elif not _holds(requirement, values):
            return None
    return found


def _holds(requirement: Remote, values: Sequence[str]) -> bool:
    listed = requirement.any_one_of if requirement.any_one_of is not None else requirement.not_any_of or []
    hit = any(_is_listed(value, listed, requirement.regex) for value in values)
    return hit if requirement.any_one_of is not None else not hit


def _filtered(requirement: Remote, values: Sequence[str]) -> Sequence[str]:
    if requirement.whitelist is not None:
        return [value for value in values if _is_listed(value, requirement.whitelist, requirement.regex)]
    if requirement.blacklist is not None:
        return [value for value in values if not _is_listed(value, requirement.blacklist, requirement.regex)]
    return values


def _is_listed(value: str, listed: Sequence[str], regex: bool | None) -> bool:
    """Patterns are looked for anywhere in the value, as Keystone does: ^ and $ hold them to its ends."""
    if not regex:
        return value in listed
    return any(pattern(text).search(value) is not None for text in listed)


def _user(user: LocalUser, local: Local, found: Found, version: str) -> MappedUser:
    is_local = user.type == "local"
    return MappedUser(
        user.id and _one(user.id, found),
        user.name and _one(user.name, found),
        user.email and _one(user.email, found),
        _domain(user.domain, found) if is_local else _domain_of(user, local, found, version),
        is_local,
    )


def _group_ids(local: Local, found: Found) -> list[str]:
    named = local.group.id if local.group is not None else None
    return [
        *(_many(named, found) if named is not None else ()),
        *(group_id for text in written_list(local.group_ids) for group_id in _many(text, found)),
    ]


def _groups(local: Local, found: Found) -> list[GroupRef]:
    refs: list[GroupRef] = []
    match local.group:
        case LocalGroup(name=str(name), domain=DomainOf() as domain):
            refs += [GroupRef(one, _resolved(domain, found)) for one in _many(name, found)]
    if local.domain is not None:
        for text in written_list(local.groups):
            refs += [GroupRef(one, _resolved(local.domain, found)) for one in _many(text, found)]
    return refs


def _domain_of(part: LocalUser | LocalProject, local: Local, found: Found, version: str) -> DomainRef | None:
    """Version 1.0 knows no domains of users and projects but the provider's."""
    return None if version == "1.0" else _domain(part.domain or local.domain, found)


def _domain(domain: DomainOf | None, found: Found) -> DomainRef | None:
    return _resolved(domain, found) if domain is not None else None


def _resolved(domain: DomainOf, found: Found) -> DomainRef:
    return DomainRef(domain.id and _one(domain.id, found), domain.name and _one(domain.name, found))


def _one(text: str, found: Found) -> str:
    """The text with the one value of each place that it names."""
    for place in map(int, PLACE.findall(text)):
        if len(found[place]) != 1:
            raise MappingRefused(f"'{text[:64]}' takes one value and there are {len(found[place])}")
    return PLACE.sub(lambda named: found[int(named[1])][0], text)


def _many(text: str, found: Found) -> list[str]:
    """The text with each value of a place that it names, and each combination where it names several places; none where
    a place has no value. Cut off a little beyond what may come of it."""
    places = sorted({int(place) for place in PLACE.findall(text)})
    combinations = islice(product(*(found[place] for place in places)), MOST + 1)
    fillings = [dict(zip(places, values, strict=True)) for values in combinations]
    return [PLACE.sub(lambda named, filling=filling: filling[int(named[1])], text) for filling in fillings]
