"""Settings of the image store, section `[images]` of a control process."""

from pathlib import Path

import msgspec


class ImageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`directory` holds the contents; `largest_bytes` bounds one upload.

    The other three bound what one project may hold, and upload at once to one control process.
    """

    directory: Path
    largest_bytes: int = 10 * 1024**3
    images_per_project: int = 100
    bytes_per_project: int = 100 * 1024**3
    uploads_per_project: int = 4
