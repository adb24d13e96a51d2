"""What an event says of a request: its action in CADF's words, its target, and nothing without bounds."""

import pytest

from identity.audit.event import LONGEST, _words, action_of, cut


@pytest.mark.parametrize(
    ("method", "rule", "detail", "action"),
    [
        ("POST", "network:create_port", "", "create"),
        ("PUT", "network:update_port", "", "update"),
        ("DELETE", "compute:update_flavor", "", "delete"),
        ("PUT", "network:add_router_interface", "", "update/add_router_interface"),
        ("POST", "compute:act_on_server", "os-stop", "update/act_on_server/os-stop"),
        ("PUT", "identity:create_grant", "", "create"),
        ("DELETE", "identity:revoke_grant", "", "update/revoke_grant"),
        ("GET", "network:get_port", "", "read"),
    ],
)
def test_action_is_the_rules_verb(method: str, rule: str, detail: str, action: str) -> None:
    assert action_of(method, rule, detail) == action


@pytest.mark.parametrize(
    ("template", "innermost", "last"),
    [
        ("/network/v2.0/ports", ("ports", ""), "ports"),
        ("/network/v2.0/ports/{port_id}", ("ports", "port_id"), "ports"),
        ("/network/v2.0/routers/{router_id}/add_router_interface", ("routers", "router_id"), "add_router_interface"),
        ("/load-balancer/v2/lbaas/pools/{pool_id}/members", ("pools", "pool_id"), "members"),
        ("/identity/v3/projects/{project_id}/users/{user_id}/roles/{role_id}", ("roles", "role_id"), "roles"),
    ],
)
def test_target_is_what_the_path_names_last(template: str, innermost: tuple[str, str], last: str) -> None:
    assert _words(template) == (innermost, last)


def test_threat_Q5_text_of_a_client_is_bounded_and_can_be_kept() -> None:
    assert cut("x" * 10_000) == "x" * LONGEST
    assert cut("a\x00b") == "ab"
    assert cut("\udcff") == "?"
    assert cut("müller") == "müller"
