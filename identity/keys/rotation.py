"""One key after another signs, while processes answer."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from identity.keys.keyset import add_key, choose_key, load_keys, signing_id
from identity.settings import EXPIRED_WINDOW_S, LONGEST_TOKEN_LIFE_S

KEEP_S = LONGEST_TOKEN_LIFE_S + EXPIRED_WINDOW_S + 3600
"""So long after its last signature, nobody shows a token of a key any more."""


def rotate(directory: Path, *, notice_s: float, tell: Callable[[str], None] = lambda _text: None) -> str:
    """The id of the new key, which signs when this returns.

    `notice_s` is how long all processes take to see the directory change. A key that stopped signing long ago is
    deleted; when that was is the time of its file. Interrupted, it leaves a key that verifies and never signs.
    Raises SettingsError for a directory that no process would start with.
    """
    with _alone(directory):
        load_keys(directory)
        _delete_old(directory, tell)
        key_id = add_key(directory)
        tell(f"{key_id}: verifies, signs in {notice_s:g} s")
        time.sleep(notice_s)
        before = signing_id(directory)
        choose_key(directory, key_id)
        os.utime(directory / f"{before}.pem")
        tell(f"{key_id}: signs; {before}: verifies what it signed")
        return key_id


def _delete_old(directory: Path, tell: Callable[[str], None]) -> None:
    for path in sorted(directory.glob("*.pem")):
        if path.stem != signing_id(directory) and path.stat().st_mtime < time.time() - KEEP_S:
            path.unlink()
            tell(f"{path.stem}: deleted, its last token ended long ago")


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """No two rotations of one directory at a time."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
