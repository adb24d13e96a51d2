"""Settings of the image store, section `[images]` of a control process."""

from pathlib import Path

import msgspec


class ImageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`directory` holds the contents; `largest_bytes` bounds one upload."""

    directory: Path
    largest_bytes: int = 10 * 1024**3
