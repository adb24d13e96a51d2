"""How figures are printed: a line each, with the budget it answers to and whether it was met."""

import os
from collections.abc import Sequence

from tests.scale.load import Load


def title(text: str) -> None:
    print(f"\n{text}  (load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)", flush=True)


def line(what: str, *figures: str) -> None:
    print(f"  {what:<44} {'  '.join(figures)}", flush=True)


def budget(what: str, measured: float, limit: float, unit: str = "", *, at_least: bool = False) -> None:
    """A figure and its limit: an upper one, unless `at_least`."""
    met = measured >= limit if at_least else measured <= limit
    bound = "at least" if at_least else "at most"
    line(what, f"{measured:.2f}{unit}", f"budget {bound} {limit:g}{unit}", "met" if met else "NOT MET")


def latencies(load: Load) -> str:
    return f"p50 {load.quantile_ms(0.5):.2f} ms  p99 {load.quantile_ms(0.99):.2f} ms  {load.rate:.0f}/s"


def middle(values: Sequence[float]) -> float:
    """The median: one round that met somebody else's work does not decide."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
