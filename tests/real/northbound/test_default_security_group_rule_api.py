"""What new security groups start with."""

from typing import Any

import pytest

from tests.real.northbound.api import NetworkApi

pytestmark = pytest.mark.real
HTTP = {"direction": "ingress", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80}


def said(rule: dict[str, Any]) -> tuple[Any, ...]:
    return rule["direction"], rule["ethertype"], rule["protocol"], rule["port_range_min"], rule["remote_group_id"]


async def test_new_groups_start_with_the_templates(api: NetworkApi) -> None:
    await api.make("default_security_group_rule", who="admin", **HTTP, used_in_default_sg=True)
    closed = await api.find("default-security-group-rules?direction=egress&ethertype=IPv6")
    assert [rule["used_in_default_sg"] for rule in closed] == [True]
    await api.remove("default_security_group_rule", closed[0]["id"], who="admin")
    group = await api.make("security_group", name="web")
    assert {said(rule) for rule in group["security_group_rules"]} == {
        ("egress", "IPv4", None, None, None),
        ("ingress", "IPv4", "tcp", 80, None),
    }
    (default,) = await api.find("security-groups?name=default")
    assert {said(rule) for rule in default["security_group_rules"]} == {
        ("egress", "IPv4", None, None, None),
        ("ingress", "IPv4", "tcp", 80, None),
        *(("ingress", family, None, None, default["id"]) for family in ("IPv4", "IPv6")),
    }
    for rule in await api.find("default-security-group-rules"):
        await api.remove("default_security_group_rule", rule["id"], who="admin")
    assert (await api.make("security_group", name="none"))["security_group_rules"] == []
    assert len((await api.show("security_group", group["id"]))["security_group_rules"]) == 2


async def test_templates_are_an_administrators_and_say_each_thing_once(api: NetworkApi) -> None:
    path = "/v2.0/default-security-group-rules"
    assert len(await api.find("default-security-group-rules", who="reader")) == 4
    assert (await api.ask("POST", path, {"default_security_group_rule": HTTP})).status == 403
    template = await api.make("default_security_group_rule", who="admin", **HTTP)
    assert (template["used_in_default_sg"], template["used_in_non_default_sg"]) == (False, True)
    assert "project_id" not in template
    for more, status in (
        ({}, 409),
        ({"protocol": 6, "used_in_default_sg": True}, 409),
        ({"used_in_default_sg": True, "used_in_non_default_sg": False}, 201),
        ({"remote_group_id": template["id"]}, 400),
        ({"remote_group_id": "PARENT", "remote_ip_prefix": "10.0.0.0/8"}, 400),
        ({"protocol": "icmp"}, 201),
        ({"protocol": "gre"}, 400),
        ({"remote_address_group_id": template["id"]}, 404),
    ):
        answer = await api.ask("POST", path, {"default_security_group_rule": HTTP | more}, who="admin")
        assert answer.status == status, (more, answer.body)
    assert (await api.ask("DELETE", f"{path}/{template['id']}")).status == 403


async def test_rules_have_tags(api: NetworkApi) -> None:
    group = await api.make("security_group", name="web")
    rule = await api.make("security_group_rule", security_group_id=group["id"], **HTTP)
    path = f"/v2.0/security-group-rules/{rule['id']}/tags"
    assert (await api.ask("PUT", path, {"tags": ["front"]})).status == 200
    assert [found["tags"] for found in await api.find("security-group-rules?tags=front")] == [["front"]]
    assert (await api.ask("PUT", path, {"tags": []}, who="bob")).status == 404
