"""The settings file of an operator, as far as commands that only read the database need it."""

from pathlib import Path

from runtime.database import DatabaseSettings

SETTINGS = """\
[database]
host = "{host}"
name = "{name}"
user = "{user}"
[identity]
key_directory = "/nonexistent"
[images]
directory = "/nonexistent"
[ovn.northbound]
remotes = "unix:/nonexistent"
[ovn.southbound]
remotes = "unix:/nonexistent"
"""


def settings_file(directory: Path, database: DatabaseSettings) -> str:
    """Its path."""
    path = directory / "control.toml"
    path.write_text(SETTINGS.format(host=database.host, name=database.name, user=database.user))
    return str(path)
