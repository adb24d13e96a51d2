"""The one place that starts the host's tools (`ip`, `ovs-vsctl`, `qemu-img`, ...).

Arguments are lists and never pass a shell. A child never outlives the call that started it: it is killed when its
time is up and when the caller is cancelled.
"""

import asyncio
from collections.abc import Sequence

from compute.agent import faults

_KEPT_ERROR_BYTES = 2000


async def run(argv: Sequence[str], *, timeout_s: float = 30.0) -> bytes:
    """Standard output of a tool that ended with 0; raises CommandFailed with the end of its error output."""
    child = await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(timeout_s):
            output, errors = await child.communicate()
    except TimeoutError:
        raise faults.CommandFailed(f"{argv[0]} took too long", detail=" ".join(argv)) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        said = errors[-_KEPT_ERROR_BYTES:].decode(errors="replace").strip()
        raise faults.CommandFailed(f"{argv[0]} failed", detail=f"{' '.join(argv)}: exit {child.returncode}: {said}")
    return output


def limited(argv: Sequence[str], *, memory_bytes: int, cpu_s: int) -> list[str]:
    """The same command under resource limits, for tools that read what tenants wrote.

    Source: prlimit(1).
    """
    return ["prlimit", f"--as={memory_bytes}", f"--cpu={cpu_s}", "--core=0", "--", *argv]
