"""What ports are called."""

import pytest

from northbound.dns.names import Assignment, DnsName, assign


@pytest.mark.parametrize(("said", "name"), [("web", "web"), ("Web-1", "web-1"), ("a.b", "a.b"), ("", "")])
def test_name_is_lower_case(said: str, name: str) -> None:
    assert DnsName.parse(said) == name


@pytest.mark.parametrize(
    "said", ["web.", "-web", "web_1", "a..b", "w" * 64, "web\nx", "web x", "*", ".".join(["a" * 63] * 4)]
)
def test_threat_n4_what_is_no_host_name_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        DnsName.parse(said)


def test_first_domain_that_is_said_is_the_ports() -> None:
    assert assign(["10.0.0.9"], "web", ["", "net.example."]) == [Assignment("10.0.0.9", "web", "web.net.example.")]
    assert assign(["10.0.0.9"], "web", ["port.example.", "net.example."])[0].fqdn == "web.port.example."
    assert assign(["fd00::9"], "", ["", ""]) == [Assignment("fd00::9", "host-fd00--9", "host-fd00--9.openstacklocal.")]
