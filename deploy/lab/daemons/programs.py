"""Running a short-lived program to its end."""

import asyncio
from collections.abc import Sequence


class ProgramFailed(Exception):
    """A program ended with a status other than 0; the message holds what it said."""


async def run(argv: Sequence[str]) -> str:
    """Standard output of `argv`, stripped. Raises ProgramFailed."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaint = await process.communicate()
    if process.returncode:
        said = (complaint or output).decode(errors="replace").strip()
        raise ProgramFailed(f"{' '.join(argv)}: status {process.returncode}: {said}")
    return output.decode(errors="replace").strip()
