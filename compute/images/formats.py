"""What an uploaded file really is, decided before anything else opens it (threats I1).

The inspectors of oslo.utils read the file once; a file that claims one format and is another, that is two at once,
or that refers to other files (a backing file, an external data file) is refused.
"""

import asyncio
from pathlib import Path

from oslo_utils.imageutils import format_inspector

from runtime.errors import BadRequest

READ_AS_RAW = frozenset({"raw", "gpt"})
"""A disk with a partition table is a raw image."""
LARGEST_DISK_BYTES = 2**63 - 1


async def inspect(path: Path, claimed: str) -> int:
    """The virtual size in bytes of a safe image of format `claimed`.

    Raises BadRequest that names `disk_format` and what was found instead.
    """
    return await asyncio.to_thread(_inspect, path, claimed)


def _inspect(path: Path, claimed: str) -> int:
    try:
        found = format_inspector.detect_file_format(str(path))
        name = "raw" if found is None or str(found) in READ_AS_RAW else str(found)
        if name != claimed:
            raise BadRequest(f"Invalid input for disk_format: the data is {name}, not {claimed}.")
        if found is not None:
            found.safety_check()
    except format_inspector.SafetyCheckFailed as error:
        reasons = ", ".join(str(reason) for reason in error.failures.values())
        raise BadRequest(f"Invalid input for disk_format: the {claimed} data is not safe to use: {reasons}.") from error
    except format_inspector.ImageFormatError as error:
        raise BadRequest(f"Invalid input for disk_format: the data is not a plain {claimed} image.") from error
    if claimed == "raw":
        return path.stat().st_size
    if found.virtual_size > LARGEST_DISK_BYTES:
        raise BadRequest(f"Invalid input for disk_format: the {claimed} data claims a disk larger than any can be.")
    return found.virtual_size
