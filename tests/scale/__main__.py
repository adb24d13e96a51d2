"""`python -m tests.scale WHAT`, as root: starts a private cloud of this checkout, measures it, prints figures."""

import argparse
import os
import sys
from pathlib import Path

import uvloop

from tests.scale import gateways, groups, growth, lists, memory, ports, refusals, resync, tokens
from tests.scale.ground import cloud
from tests.scale.options import Options
from tests.scale.report import title

MEASUREMENTS = {
    "ports": ports.measure,
    "growth": growth.measure,
    "groups": groups.measure,
    "gateways": gateways.measure,
    "lists": lists.measure,
    "resync": resync.measure,
    "memory": memory.measure,
    "tokens": tokens.measure,
    "refusals": refusals.measure,
}
CEILINGS = "MERIDIAN_CEILINGS"


async def run(names: list[str], options: Options) -> None:
    """Each measurement has a cloud of its own, so that none inherits the size of another."""
    for name in names:
        title(f"== {name}{', with northd' if options.northd else ', without northd'}")
        async with cloud(northd=options.northd) as ground:
            await MEASUREMENTS[name](ground, options)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("what", choices=[*MEASUREMENTS, "all"])
    parser.add_argument("--northd", action="store_true", help="let northd compile what is written, as in a real cloud")
    parser.add_argument("--seconds", type=float, default=Options.seconds, help="length of a round")
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="rounds, whose median counts")
    parser.add_argument("--largest", type=int, default=Options.largest, help="the most ports to make")
    folder = os.environ.get(CEILINGS)
    parser.add_argument(
        "--ceilings",
        type=Path,
        default=Path(folder) if folder else None,
        help=f"a folder with limits_e2e.py, to be run beside (default: ${CEILINGS})",
    )
    parser.add_argument("--ceilings-python", default=sys.executable, help="an interpreter with what it imports")
    said = vars(parser.parse_args())
    what = said.pop("what")
    uvloop.run(run(list(MEASUREMENTS) if what == "all" else [what], Options(**said)))


if __name__ == "__main__":
    main()
