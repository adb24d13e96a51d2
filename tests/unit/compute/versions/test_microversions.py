"""The version in a request's header."""

import pytest

from compute.versions.microversions import NEWEST, parse
from runtime.errors import BadRequest, NotAcceptable


@pytest.mark.parametrize(("text", "minor"), [(None, 1), ("2.1", 1), ("2.96", 96), ("latest", NEWEST)])
def test_version_that_is_spoken(text: str | None, minor: int) -> None:
    assert parse(text) == minor


@pytest.mark.parametrize("text", ["2.0", "2.97", "3.1", "1.1", "2.99999", "2.01"])
def test_version_that_is_not_spoken(text: str) -> None:
    with pytest.raises(NotAcceptable):
        parse(text)


@pytest.mark.parametrize("text", ["", "2", "two", "2.", "2.1.1", "2.999999", "v2.1", "2.1\n"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(BadRequest):
        parse(text)
