"""What a directory is searched by. Pure.

Filters are built as trees and sent as such: a value is never a part of a filter's text, so nothing in it can mean
anything. The one filter that is text is the administrator's own, from the domain's configuration.
"""

from collections.abc import Iterable, Mapping

from multidict import MultiMapping
from sansldap import FilterAnd, FilterEquality, FilterOr, FilterSubstrings, LDAPFilter

from identity.directories.options import DirectoryOptions


def users(options: DirectoryOptions, *conditions: LDAPFilter) -> LDAPFilter:
    return _all(options.user_objectclass, options.user_filter, conditions)


def groups(options: DirectoryOptions, *conditions: LDAPFilter) -> LDAPFilter:
    return _all(options.group_objectclass, options.group_filter, conditions)


def equals(attribute: str, value: str) -> LDAPFilter:
    return FilterEquality(attribute, value.encode(errors="replace"))


def one_of(attribute: str, values: Iterable[str]) -> LDAPFilter:
    return FilterOr([equals(attribute, value) for value in values])


def named(attribute: str, query: MultiMapping[str]) -> list[LDAPFilter]:
    """What a query says of the name. It only narrows: a directory may compare more loosely than the list does."""
    found = [one_of(attribute, names)] if (names := query.getall("name", [])) else []
    for word, place in COMPARISONS.items():
        found += [_substring(attribute, place, text) for text in query.getall(f"name__{word}", []) if text]
    return found


COMPARISONS: Mapping[str, str] = {
    "contains": "any",
    "icontains": "any",
    "startswith": "initial",
    "istartswith": "initial",
    "endswith": "final",
    "iendswith": "final",
}


def _substring(attribute: str, place: str, text: str) -> LDAPFilter:
    value = text.encode(errors="replace")
    return FilterSubstrings(
        attribute,
        initial=value if place == "initial" else None,
        any=[value] if place == "any" else [],
        final=value if place == "final" else None,
    )


def _all(objectclass: str, configured: str | None, conditions: Iterable[LDAPFilter]) -> LDAPFilter:
    own = [LDAPFilter.from_string(configured)] if configured else []
    return FilterAnd([equals("objectClass", objectclass), *own, *conditions])
