"""What access rules permit."""

import pytest

from identity.application_credentials.access import permits


@pytest.mark.parametrize(
    ("pattern", "path", "permitted"),
    [
        ("/v2.1/servers", "/v2.1/servers", True),
        ("/v2.1/servers", "/v2.1/servers/1", False),
        ("/v2.1/servers", "/v2X1/servers", False),
        ("/v2.1/servers/*", "/v2.1/servers/1", True),
        ("/v2.1/servers/*", "/v2.1/servers/1/action", False),
        ("/v2.1/servers/*", "/v2.1/servers/", False),
        ("/v2.1/servers/{server_id}/action", "/v2.1/servers/1/action", True),
        ("/v2.1/servers/{server_id}/action", "/v2.1/servers/1/2/action", False),
        ("/v2.1/**", "/v2.1/servers/1/action", True),
        ("/v2.1/**", "/v2.0/ports", False),
        ("/**", "/v2.0/ports\n/x", True),
        ("/(a+)+$", "/aaaa", False),
    ],
)
def test_path_is_compared_segment_by_segment(pattern: str, path: str, permitted: bool) -> None:
    rule = {"service": "compute", "method": "GET", "path": pattern}
    assert permits([rule], "compute", "GET", [path]) is permitted
    assert not permits([rule], "compute", "POST", [path])
    assert not permits([rule], "network", "GET", [path])
    assert permits([rule], "compute", "GET", ["/compute" + path, path]) is permitted
