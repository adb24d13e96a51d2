"""Settings: one TOML file per process, one frozen struct per section, unknown keys refused.

A secret never stands in the file itself. Its value is `{ file = "/path" }` (owner-readable only) or
`{ env = "NAME" }`, and in the process it is a `Secret`, which prints as `***`.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class SettingsError(Exception):
    """The settings cannot be used; the message names the file, the key and what is wrong."""


class Secret:
    """A value that is used but never shown: `reveal()` at the place of use, `***` everywhere else."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    __hash__ = None


def load(shape: type[T], path: Path, environ: Mapping[str, str] = os.environ) -> T:
    """The settings of `path` as a `shape` (a frozen msgspec struct with `forbid_unknown_fields`).

    Raises SettingsError for a missing file, a syntax error, an unknown key, a wrong type or an unreadable secret.
    """

    def decode(kind: type, value: Any) -> Any:
        if kind is Secret:
            return _read_secret(value, environ)
        if kind is Path:
            return Path(value)
        raise NotImplementedError(kind)

    try:
        tree = tomllib.loads(path.read_text())
        return msgspec.convert(tree, shape, dec_hook=decode)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _read_secret(value: Any, environ: Mapping[str, str]) -> Secret:
    match value:
        case {"file": str(name)} if len(value) == 1:
            return Secret(_read_private(Path(name)))
        case {"env": str(name)} if len(value) == 1:
            if not environ.get(name):
                raise ValueError(f"environment variable {name} is empty or not set")
            return Secret(environ[name])
    raise ValueError('a secret is written { file = "PATH" } or { env = "NAME" }')


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"{path}: others may read it; chmod 600")
    if not text:
        raise ValueError(f"{path}: empty")
    return text
