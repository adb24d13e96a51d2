"""Files that their owner alone may read."""

import os
import stat
from pathlib import Path

from runtime.settings import SettingsError


def read_private(path: Path) -> bytes:
    """Raises SettingsError, naming the file, when it is not there or others may read it."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path}: others may read it; chmod 600")
    return content


def write_private(path: Path, content: bytes) -> None:
    """Writes a new file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
