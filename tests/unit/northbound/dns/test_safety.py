"""Threat D4: which OVN may be given names."""

import pytest

from northbound.dns.safety import is_safe


@pytest.mark.parametrize("version", ["22.03.8", "24.03.5-20.33.0-72.6", "24.03.7", "24.09.2", "25.03.0", "26.03.1"])
def test_threat_d4_version_with_the_fix_is_safe(version: str) -> None:
    assert is_safe(version)


@pytest.mark.parametrize(
    "version", ["23.03.1-20.27.0-70.6", "22.03.7", "22.12.9", "24.03.4", "24.09.1", "24.12.0", "", "x"]
)
def test_threat_d4_other_versions_are_not(version: str) -> None:
    assert not is_safe(version)
