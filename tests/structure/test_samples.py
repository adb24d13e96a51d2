"""The documented settings name every key that exists, and no other."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from compute.agent.settings import AgentSettings
from deploy.settings import ControlSettings
from runtime.settings import Secret

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
COMMENTED_KEY = re.compile(r"^# (\w+ = .+)$", re.MULTILINE)


def everything_in(name: str) -> dict[str, Any]:
    """The sample with its commented keys in force."""
    return tomllib.loads(COMMENTED_KEY.sub(r"\1", (SAMPLES / name).read_text()))


def keys(shape: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(shape):
        parts = [part for part in (field.type, *get_args(field.type)) if isinstance(part, type)]
        inner = next((part for part in parts if issubclass(part, msgspec.Struct)), None)
        if inner:
            yield from keys(inner, f"{prefix}{field.encode_name}.")
        else:
            yield prefix + field.encode_name


def keys_of_tree(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in tree.items():
        inner = value[0] if isinstance(value, list) else value
        if isinstance(inner, dict) and not {"file", "env"} & inner.keys():
            yield from keys_of_tree(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def decode(kind: type, value: Any) -> Any:
    return Secret("secret") if kind is Secret else kind(value)


@pytest.mark.parametrize(("name", "shape"), [("control.toml", ControlSettings), ("agent.toml", AgentSettings)])
def test_sample_documents_every_key(name: str, shape: type[msgspec.Struct]) -> None:
    tree = everything_in(name)
    msgspec.convert(tree, shape, dec_hook=decode)
    told_once = {key.replace("ovn.southbound", "ovn.northbound") for key in keys(shape)}
    assert told_once <= set(keys_of_tree(tree))
