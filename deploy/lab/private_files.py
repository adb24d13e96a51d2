"""Files that only their owner may read, and secrets that are made once."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write `text` so that others can never read it, not even while it is written."""
    made = path.with_name(f".{path.name}.new")
    made.unlink(missing_ok=True)
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    made.rename(path)


def secret_in(path: Path) -> str:
    """The secret that `path` holds, made at the first call: 32 hexadecimal digits."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text()
