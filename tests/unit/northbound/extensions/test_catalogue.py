"""The list of extensions."""

from northbound.extensions.catalogue import ADVERTISED, EXTENSIONS


def test_every_extension_is_advertised_once() -> None:
    assert len(ADVERTISED) == len(EXTENSIONS)
