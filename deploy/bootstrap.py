"""`meridian bootstrap`: what must be in the database before anyone can sign in.

The words are those of `keystone-manage bootstrap`, each also as a variable of the environment (`OS_BOOTSTRAP_PASSWORD`);
they go before the `[bootstrap]` section of the settings.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from deploy import schema
from deploy.settings import ControlSettings
from identity.bootstrap import BootstrapOptions, bootstrap
from runtime import logs
from runtime.database import Database
from runtime.settings import Secret, SettingsError, load

WORDS = {
    "username": ("admin_username", "the administrator"),
    "password": (
        "admin_password",
        "the administrator's password; better in the environment, where ps does not show it",
    ),
    "project-name": ("admin_project", "the administrator's project"),
    "role-name": ("admin_role", "the administrator's role there and on the system"),
    "service-name": ("identity_service", "the name of the identity service, when it is made"),
    "admin-url": ("admin_url", "the identity API for administrators"),
    "public-url": ("public_url", "the identity API for everybody"),
    "internal-url": ("internal_url", "the identity API for services"),
    "region-id": ("region", "the region of the endpoints"),
}


def main(words: list[str]) -> int:
    """The exit status of the command."""
    options = _parse(words)
    try:
        settings = load(ControlSettings, options.settings)
        logs.configure("bootstrap", settings.log.level)
        chosen = choose(settings.bootstrap, vars(options), os.environ)
        schema.migrate(settings.database)
        asyncio.run(run(settings, chosen))
    except SettingsError as problem:
        print(f"meridian bootstrap: {problem}", file=sys.stderr)
        return 2
    return 0


def choose(section: BootstrapOptions | None, said: Mapping[str, Any], environ: Mapping[str, str]) -> BootstrapOptions:
    """The section with what the command says in its place, else the environment. Raises SettingsError."""
    if section is None:
        raise SettingsError("section [bootstrap] is missing: it holds base_url and admin_password")
    changes: dict[str, Any] = {}
    for word, (field, _) in WORDS.items():
        name = word.replace("-", "_")
        value = said.get(f"bootstrap_{name}") or environ.get(f"OS_BOOTSTRAP_{name.upper()}")
        if value:
            changes[field] = Secret(value) if field == "admin_password" else value
    if (immutable := said.get("immutable_roles")) is not None:
        changes["immutable_roles"] = immutable
    return msgspec.structs.replace(section, **changes)


async def run(settings: ControlSettings, options: BootstrapOptions) -> None:
    database = await Database.open(settings.database)
    try:
        await bootstrap(database, settings.identity, options)
    finally:
        await database.close()


def _parse(words: list[str]) -> argparse.Namespace:
    summary = "Make signing keys, the administrator, roles and the catalogue; again is harmless."
    parser = argparse.ArgumentParser(prog="meridian bootstrap", description=summary)
    parser.add_argument("--settings", type=Path, required=True, help="of meridian control, see deploy/samples")
    for word, (_, meaning) in WORDS.items():
        parser.add_argument(f"--bootstrap-{word}", help=meaning)
    parser.add_argument(
        "--immutable-roles",
        action=argparse.BooleanOptionalAction,
        help="whether the roles that are made can be changed",
    )
    return parser.parse_args(words)
