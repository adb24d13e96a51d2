"""Configurations of domains in PostgreSQL, and who keeps a domain's users by them.

A domain is kept by a directory as long as it has a row in `identity.directories`. Whoever makes users or groups holds
the domain (`refuse_kept_elsewhere`), whoever changes its keeper locks it: so none is made of ours in a domain that a
directory has taken over.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from identity.credentials.vault import Vault
from identity.domain_configs.options import SENSITIVE, Config, parse_group
from identity.domains.store import DOMAINS
from runtime.database import Connection, queries
from runtime.errors import Conflict, Forbidden, Unavailable

Row = Mapping[str, Any]
OWN_DOMAIN = "default"
"""The domain of the cloud's own accounts, without which nobody could set anything right."""
sql = queries(Path(__file__).with_name("queries.sql"))


class DirectoryIsReadOnly(Forbidden):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is kept by the domain's directory, which is only read from here: change it there.")


async def read_config(connection: Connection, vault: Vault, domain_id: str) -> dict[str, dict[str, Any]]:
    """What was set for the domain, what is secret included. Raises Unavailable when that cannot be opened."""
    found: dict[str, dict[str, Any]] = {}
    async for row in sql.select_options(connection, domain_id=domain_id):
        place = (row["group_name"], row["option"])
        value = row["value"] if row["sealed"] is None else _opened(vault, row["sealed"], domain_id, *place)
        found.setdefault(row["group_name"], {})[row["option"]] = value
    return found


async def replace_config(connection: Connection, vault: Vault, domain_id: str, config: Config) -> None:
    await sql.delete_options(connection, domain_id=domain_id)
    for group, options in config.items():
        for option, value in options.items():
            sealed = None
            if (group, option) in SENSITIVE and value is not None:
                text = msgspec.json.encode(value).decode()
                sealed, value = vault.seal(text, _owner(domain_id, group, option)), None
            await sql.insert_option(
                connection, domain_id=domain_id, group_name=group, option=option, value=value, sealed=sealed
            )


def _owner(domain_id: str, group: str, option: str) -> str:
    return f"domain/{domain_id}/{group}/{option}"


def _opened(vault: Vault, sealed: bytes, domain_id: str, group: str, option: str) -> Any:
    text = vault.open(sealed, _owner(domain_id, group, option))
    if text is None:
        raise Unavailable(f"What was sealed for domain {domain_id} cannot be opened with the present key.")
    return msgspec.json.decode(text)


async def lock_domain(connection: Connection, domain_id: str) -> None:
    """Nobody changes its configuration, and no user or group of it is made, to the end of the transaction."""
    if await sql.lock_domain(connection, id=domain_id) is None:
        raise DOMAINS.missing(domain_id)


async def find_version(connection: Connection, domain_id: str) -> int | None:
    """The version of the configuration by which a directory keeps the domain; None when none does."""
    return await sql.find_version(connection, domain_id=domain_id)


async def hold_version(connection: Connection, domain_id: str, version: int) -> None:
    """The configuration is of that version to the end of the transaction. Raises Conflict when it is not."""
    await sql.hold_domain(connection, id=domain_id)
    if await find_version(connection, domain_id) != version:
        raise Conflict("The configuration of the domain was changed meanwhile; try again.")


async def set_keeper(connection: Connection, domain_id: str, config: Config) -> None:
    """Makes a directory the keeper of the domain's users, or ourselves, as the configuration says.

    Raises Conflict for a domain that has users or groups of ours, Forbidden for the one of the cloud's own accounts.
    """
    if parse_group("identity", config.get("identity", {})).driver == "sql":
        await sql.delete_directory(connection, domain_id=domain_id)
        return
    if domain_id == OWN_DOMAIN:
        raise Forbidden("The default domain has the cloud's own accounts: give a directory a domain of its own.")
    if await sql.has_own(connection, domain_id=domain_id):
        raise Conflict("The domain has users or groups of its own: delete them, or give the directory another domain.")
    await sql.insert_directory(connection, domain_id=domain_id)


async def refuse_kept_elsewhere(connection: Connection, domain_id: str, what: str) -> None:
    """Passes when users and groups of the domain are made here, and holds that to the end of the transaction."""
    await sql.hold_domain(connection, id=domain_id)
    if await find_version(connection, domain_id) is not None:
        raise DirectoryIsReadOnly(what)


def refuse_copy(row: Row, noun: str) -> None:
    """Raises DirectoryIsReadOnly for a user or group that a directory keeps."""
    if row["keeper"] == "ldap":
        raise DirectoryIsReadOnly(f"{noun} {row['id']}")
