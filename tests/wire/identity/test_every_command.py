"""Each identity command of the official client is typed somewhere in the tests of the wire, or cannot apply.

The commands are those that the client itself registers; what is typed is read from the tests' own text. The tests
below type the commands that no other test has a story for.
"""

import ast
import json
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from tests.wire.identity.conftest import OpenStack

CANNOT_APPLY = {
    "access token create": "OAuth 1.0a is not offered",
    "consumer": "OAuth 1.0a is not offered",
    "ec2 credentials": "nothing takes EC2 signatures",
    "request token": "OAuth 1.0a is not offered",
    "service provider": "this cloud vouches for nobody at another one (Keystone to Keystone, which is SAML)",
}
"""The beginnings of commands, with the reason."""


def test_every_identity_command_is_typed_somewhere() -> None:
    commands = {plugin.name.replace("_", " ") for plugin in entry_points(group="openstack.identity.v3")}
    typed = {" ".join(words[:length]) for words in typed_words() for length in range(1, len(words) + 1)}
    missing = {command for command in commands - typed if not command.startswith(tuple(CANNOT_APPLY))}
    assert missing == set()
    assert all(any(command.startswith(start) for command in commands) for start in CANNOT_APPLY)


def typed_words() -> Iterator[list[str]]:
    """The constant words that calls and lists of the tests of the wire begin with."""
    for file in Path(__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                yield leading_words(node.args)
            elif isinstance(node, ast.List | ast.Tuple):
                yield leading_words(node.elts)


def leading_words(nodes: list[ast.expr]) -> list[str]:
    words = []
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            break
        words.append(node.value)
    return words


async def test_access_rules_outlive_their_credential_and_are_deleted(openstack: OpenStack) -> None:
    rule = '[{"service": "identity", "method": "GET", "path": "/v3/auth/projects"}]'
    await openstack("application", "credential", "create", "--access-rules", rule, "robot")
    show = ("application", "credential", "show", "robot", "-f", "value", "-c", "Name")
    assert (await openstack(*show)).out == "robot"
    assert (await openstack("access", "rule", "list", "-f", "value", "-c", "Path")).words == ["/v3/auth/projects"]
    rule_id = (await openstack("access", "rule", "list", "-f", "value", "-c", "ID")).out
    assert (await openstack("access", "rule", "show", rule_id, "-f", "value", "-c", "method")).out == "GET"
    await openstack("application", "credential", "delete", "robot")
    await openstack("access", "rule", "delete", rule_id)
    assert (await openstack("access", "rule", "list", "-f", "value")).out == ""


async def test_catalogue_is_shown_piece_by_piece(openstack: OpenStack) -> None:
    await openstack("region", "create", "--description", "in the west", "RegionTwo")
    await openstack("region", "set", "--description", "in the east", "RegionTwo")
    assert (await openstack("region", "show", "RegionTwo", "-f", "value", "-c", "description")).out == "in the east"
    await openstack("service", "create", "--name", "cinder", "--description", "Block storage", "volumev3")
    assert (await openstack("service", "show", "cinder", "-f", "value", "-c", "type")).out == "volumev3"
    assert "cinder" in (await openstack("service", "list", "-f", "value", "-c", "Name")).words
    create = ("endpoint", "create", "--region", "RegionTwo", "cinder", "public", "http://c/v3")
    endpoint = (await openstack(*create, "-f", "value", "-c", "id")).out
    assert (await openstack("endpoint", "show", endpoint, "-f", "value", "-c", "url")).out == "http://c/v3"
    assert "http://c/v3" in (await openstack("catalog", "show", "cinder", "-f", "value", "-c", "endpoints")).out
    await openstack("service", "delete", "cinder")
    assert (await openstack("endpoint", "show", endpoint, must=False)).code != 0
    await openstack("region", "delete", "RegionTwo")


async def test_user_without_groups_has_projects_and_domains_by_federation_too(openstack: OpenStack) -> None:
    await openstack("group", "create", "--description", "those of the garden", "florists")
    shown = await openstack("group", "show", "florists", "-f", "value", "-c", "description")
    assert shown.out == "those of the garden"
    assert (await openstack("federation", "project", "list", "-f", "value", "-c", "Name")).words == ["admin"]
    assert (await openstack("federation", "domain", "list", "-f", "value")).out == ""


async def test_domains_and_roles_are_shown(openstack: OpenStack) -> None:
    await openstack("domain", "create", "--description", "others", "other")
    assert (await openstack("domain", "show", "other", "-f", "value", "-c", "description")).out == "others"
    await openstack("role", "create", "--domain", "other", "--description", "of gardens", "gardener")
    shown = await openstack("role", "show", "--domain", "other", "gardener", "-f", "value", "-c", "description")
    assert shown.out == "of gardens"
    await openstack("domain", "set", "--disable", "other")
    await openstack("domain", "delete", "other")
    assert (await openstack("domain", "show", "other", must=False)).code != 0


async def test_credential_is_set_and_a_trust_shown(openstack: OpenStack) -> None:
    keep = ("credential", "create", "--type", "cert", "admin", "content", "-f", "value", "-c", "id")
    credential_id = (await openstack(*keep)).out
    await openstack("credential", "set", "--user", "admin", "--type", "cert", "--data", "other", credential_id)
    assert (await openstack("credential", "show", credential_id, "-f", "value", "-c", "blob")).out == "other"
    await openstack("user", "create", "--password", "x", "rose")
    give = ("trust", "create", "--project", "admin", "--role", "reader", "admin", "rose", "-f", "value", "-c", "id")
    trust_id = (await openstack(*give)).out
    shown = json.loads((await openstack("trust", "show", trust_id, "-f", "json")).out)
    assert (shown["is_impersonation"], shown["id"]) == (False, trust_id)
