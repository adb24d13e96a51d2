"""The attributes of a body: typed scalars in one canonical spelling, and who may set which.

A body is a msgspec struct with `forbid_unknown_fields`; an attribute that may be left out is
`T | UnsetType = UNSET`. `restricted("network:create_network:shared")` on a field names the policy rule that setting
it needs; the rule applies as soon as the key is present, whatever its value.

One address has one spelling here: octal, decimal, zone ids and host bits never reach the database.
"""

import ipaddress
import re
from functools import lru_cache
from typing import Annotated, Any, Self

import msgspec
import netaddr
from msgspec import UNSET, Meta

LONGEST_DOMAIN = 255
DNS_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")

Name = Annotated[str, Meta(max_length=255)]
Description = Annotated[str, Meta(max_length=255)]
Tag = Annotated[str, Meta(min_length=1, max_length=60)]


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every request body inherits: unknown attributes are refused."""


class Scalar(str):
    """A string with a meaning; `parse` raises ValueError with words for the caller."""

    @classmethod
    def parse(cls, text: str) -> Self:
        raise NotImplementedError


def is_uuid(text: str) -> bool:
    """True for the canonical 8-4-4-4-12 form alone: one spelling per id."""
    groups = text.split("-")
    return [len(group) for group in groups] == [8, 4, 4, 4, 12] and all(
        digit in "0123456789abcdefABCDEF" for group in groups for digit in group
    )


class Uuid(Scalar):
    @classmethod
    def parse(cls, text: str) -> Self:
        if not is_uuid(text):
            raise ValueError(f"'{text[:64]}' is not a valid UUID")
        return cls(text.lower())


class IpAddress(Scalar):
    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise ValueError(f"'{text[:64]}' is not a valid IP address") from None
        if getattr(address, "scope_id", None):
            raise ValueError(f"'{text[:64]}' has a zone id")
        return cls(address)


class Cidr(Scalar):
    """A network; host bits are zeroed, so that `10.50.0.1/16` is `10.50.0.0/16`."""

    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            if "/" not in text or "%" in text:
                raise ValueError
            return cls(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise ValueError(f"'{text[:64]}' is not a valid IP subnet: expected address/prefix") from None


class DnsDomain(Scalar):
    """A domain in absolute spelling, `example.org.`, or nothing; two octets are left for a name below it."""

    @classmethod
    def parse(cls, text: str) -> Self:
        if not text:
            return cls("")
        labels = text.removesuffix(".").split(".")
        if not text.endswith("."):
            raise ValueError(f"'{text[:64]}' is not a fully qualified domain: it must end with a dot")
        if len(text) > LONGEST_DOMAIN - 2 or not all(map(DNS_LABEL.fullmatch, labels)) or labels[-1].isdecimal():
            raise ValueError(f"'{text[:64]}' is not a valid DNS domain")
        return cls(text.lower())


class Mac(Scalar):
    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            mac = netaddr.EUI(text, version=48, dialect=netaddr.mac_unix_expanded)
        except (netaddr.AddrFormatError, ValueError, TypeError):
            raise ValueError(f"'{text[:64]}' is not a valid MAC address") from None
        if int(mac) >> 40 & 1 or int(mac) == 0:
            raise ValueError(f"'{text[:64]}' is not a unicast MAC address")
        return cls(mac)


def decode_scalar(kind: type, value: Any) -> Any:
    """msgspec's hook for our scalars: a ValueError becomes a ValidationError at the attribute's path."""
    if issubclass(kind, Scalar):
        if not isinstance(value, str):
            raise ValueError(f"expected str, got {type(value).__name__}")
        return kind.parse(value)
    raise NotImplementedError(kind)


def encode_scalar(value: Any) -> str:
    """msgspec's hook for the way back: a scalar is its text."""
    if isinstance(value, Scalar):
        return str(value)
    raise NotImplementedError(type(value))


def restricted(rule: str) -> Meta:
    """Use inside Annotated: setting the attribute needs the policy rule as well."""
    return Meta(extra={"set": rule})


def at_most(amount: int) -> Meta:
    """Use inside Annotated, on a list whose slice refuses more than `amount` in its API's own words: OpenAPI says so."""
    return Meta(extra_json_schema={"maxItems": amount})


def given(body: msgspec.Struct) -> dict[str, Any]:
    """The attributes that the caller sent, by their wire names; those left out are absent."""
    return {
        field.encode_name: getattr(body, field.name)
        for field in msgspec.structs.fields(body)
        if getattr(body, field.name) is not UNSET
    }


def restrictions(body: msgspec.Struct) -> list[tuple[str, str]]:
    """(attribute, rule) for each attribute sent that has a rule of its own."""
    return [
        (attribute, rule)
        for name, attribute, rule in _restricted_fields(type(body))
        if getattr(body, name) is not UNSET
    ]


def restrictions_of(shape: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """(attribute, rule) for each attribute of a body that has a rule of its own."""
    return tuple((attribute, rule) for _, attribute, rule in _restricted_fields(shape))


@lru_cache(maxsize=512)
def _restricted_fields(shape: type[msgspec.Struct]) -> tuple[tuple[str, str, str], ...]:
    """(name in the struct, attribute, rule) of each; found once for a shape, because it is read from annotations."""
    found = ((field.name, field.encode_name, _restriction(field.type)) for field in msgspec.structs.fields(shape))
    return tuple((name, attribute, rule) for name, attribute, rule in found if rule)


def _restriction(annotation: Any) -> str | None:
    """The rule that `restricted` put on an annotation, also inside a union with UnsetType."""
    for part in (annotation, *getattr(annotation, "__args__", ())):
        for mark in getattr(part, "__metadata__", ()):
            if isinstance(mark, Meta) and mark.extra and "set" in mark.extra:
                return mark.extra["set"]
    return None
