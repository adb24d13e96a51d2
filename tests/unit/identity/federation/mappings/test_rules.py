"""Rules that can never work are refused when they are written, by their names."""

import json
import time
from typing import Any

import pytest

from identity.federation.mappings.rules import check_rules, pattern
from identity.federation.mappings.schema import PutMapping
from runtime.errors import BadRequest
from runtime.web.bodies import decode

NAME = {"type": "UserName"}


def write(rules: Any, **more: Any) -> None:
    body = decode(json.dumps({"mapping": {"rules": rules, **more}}).encode(), PutMapping)
    check_rules(body.mapping.rules, body.mapping.schema_version or "1.0")


def one(local: Any, *remote: Any) -> list[Any]:
    return [{"local": [{"user": {"name": "x"}}], "remote": [NAME]}, {"local": [local], "remote": [NAME, *remote]}]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], "mapping.rules"),
        ([{"remote": [NAME]}], "mapping.rules[0]"),
        ([{"local": [{}], "remote": []}], "mapping.rules[0].remote"),
        (one({"user": {"nam": "x"}}), "mapping.rules[1].local[0].user"),
        (one({"user": {"name": 7}}), "mapping.rules[1].local[0].user.name"),
        (one({"user": {"type": "remote"}}), "mapping.rules[1].local[0].user.type"),
        (one({"user": {"name": "x", "type": "local"}}), "mapping.rules[1].local[0].user"),
        (one({"user": {"name": "{1}"}}), "mapping.rules[1].local[0].user.name: {1}"),
        (
            one({"user": {"name": "{1}"}}, {"type": "T", "any_one_of": ["a"]}),
            "mapping.rules[1].local[0].user.name: {1}",
        ),
        (one({"user": {"name": "{0.name}"}}), "braces"),
        (one({"user": {"name": "{}"}}), "braces"),
        (one({"group": {"name": "g"}}), "mapping.rules[1].local[0].group"),
        (one({"group": {"id": "g", "name": "g"}}), "mapping.rules[1].local[0].group"),
        (one({"groups": "{0}"}), "mapping.rules[1].local[0]"),
        (one({"groups": "['a', 7]", "domain": {"id": "d"}}), "mapping.rules[1].local[0].groups"),
        (one({"group_ids": "[__import__('os')]"}), "mapping.rules[1].local[0].group_ids"),
        (one({"domain": {}}), "mapping.rules[1].local[0].domain"),
        (one({"projects": [{"name": "p"}]}), "mapping.rules[1].local[0].projects[0]"),
        (one({"projects": [{"name": "p", "roles": []}]}), "mapping.rules[1].local[0].projects[0].roles"),
        (
            one({"projects": [{"name": "p", "roles": [{"name": "r"}], "domain": {"id": "d"}}]}),
            "mapping.rules[1].local[0].projects: the domain of a project takes schema_version 2.0",
        ),
        (one({}, {"any_one_of": ["x"]}), "mapping.rules[1].remote[1]"),
        (one({}, {"type": "T", "any_one_of": ["x"], "whitelist": ["x"]}), "mapping.rules[1].remote[1]"),
        (one({}, {"type": "T", "any_one_of": "x"}), "mapping.rules[1].remote[1].any_one_of"),
        (one({}, {"type": "T", "any_one_of": ["("], "regex": True}), "mapping.rules[1].remote[1]"),
        (one({}, {"type": "T", "whitelist": ["(?=x)"], "regex": True}), "mapping.rules[1].remote[1]"),
        (one({}, {"type": "T", "blacklist": [r"(a)\1"], "regex": True}), "RE2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_rule_is_named(rules: Any, words: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        write(rules)
    assert words in refusal.value.message


def test_unknown_version_is_refused() -> None:
    with pytest.raises(BadRequest, match="schema_version"):
        write(one({}), schema_version="3.0")


def test_projects_of_other_domains_take_version_2() -> None:
    write(one({"projects": [{"name": "p", "roles": [{"name": "r"}], "domain": {"id": "d"}}]}), schema_version="2.0")


def test_pattern_takes_a_time_that_grows_with_the_text_alone() -> None:
    started = time.perf_counter()
    assert pattern("(a+)+$").search("a" * 10_000 + "b") is None
    assert time.perf_counter() - started < 1
