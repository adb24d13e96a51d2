"""Scalars have one spelling each, and an attribute's rule fires on presence."""

from typing import Annotated

import pytest
from hypothesis import given as over
from hypothesis import strategies
from msgspec import UNSET, UnsetType

from runtime.attributes import (
    Body,
    Cidr,
    IpAddress,
    Mac,
    Uuid,
    given,
    restricted,
    restrictions,
)
from runtime.errors import BadRequest
from runtime.web.bodies import decode


class Example(Body):
    name: str | UnsetType = UNSET
    shared: Annotated[bool, restricted("rule:shared")] | UnsetType = UNSET
    address: IpAddress | None | UnsetType = UNSET


ODD_ADDRESSES = [
    *("010.0.0.1", "10.1", "0x0a000001", "167772161", "10.0.0.256", "10.0.0.1/32", "", " 10.0.0.1"),
    *("fe80::1%eth0", "::ffff:10.0.0.1%1", "\N{ARABIC-INDIC DIGIT ONE}0.0.0.1"),
]


@pytest.mark.parametrize("text", ODD_ADDRESSES)
def test_threat_H8_odd_spellings_of_an_address_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        IpAddress.parse(text)


def test_one_address_has_one_spelling() -> None:
    assert IpAddress.parse("2001:DB8:0:0::1") == "2001:db8::1"
    assert Mac.parse("FA-16-3E-0-0-1") == "fa:16:3e:00:00:01"
    assert Uuid.parse("ABCDEF00-0000-4000-8000-000000000000") == "abcdef00-0000-4000-8000-000000000000"


@over(strategies.ip_addresses(v=4), strategies.integers(0, 32))
def test_cidr_drops_host_bits(address: object, length: int) -> None:
    cidr = Cidr.parse(f"{address}/{length}")
    assert Cidr.parse(cidr) == cidr


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0.0/33", "x/8", "fe80::%1/64", "10.0.0.0/-1"])
def test_bad_cidr_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="subnet"):
        Cidr.parse(text)


@pytest.mark.parametrize("text", ["unknown", "router", "01:00:5e:00:00:01", "00:00:00:00:00:00", "fa:16:3e:00:00"])
def test_threat_N4_mac_that_is_no_station_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Mac.parse(text)


def test_threat_P8_rule_fires_on_presence_whatever_the_value() -> None:
    body = decode(b'{"shared": false}', Example)
    assert restrictions(body) == [("shared", "rule:shared")]
    assert given(body) == {"shared": False}
    assert restrictions(decode(b"{}", Example)) == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"address": "10.1"}', "address"),
        (b'{"address": 7}', "address"),
        (b'{"color": 1}', "color"),
        (b'{"name": 1}', "name"),
        (b"[", "object"),
        (b"", "JSON"),
        (b'{"name": "a\\u0000b"}', "NUL"),
        (b'{"name": "\\ud800"}', "JSON"),
        (b'{"name": NaN}', "JSON"),
        (b"[" * 100_000, "object"),
        (b'{"name":' * 5_000, "str"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_threat_H5_odd_json_is_a_bad_request(raw: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        decode(raw, Example)
