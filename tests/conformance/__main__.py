"""See the package: `network`, `load_balancer`, `identity`, or `results NAME FILE`."""

import argparse
import csv
import os
import sys
from pathlib import Path

from tests.conformance.exclusions import FOLDER, Verdict, judge, read_exclusions
from tests.conformance.sdk import run, short_name


def main() -> int:
    options = read_options()
    if options.what == "results":
        verdict = judge_results(options.name, options.file)
    else:
        verdict = run(options.what, options.image, options.physical_network)
    print(verdict.report())
    return 0 if verdict.good else 1


def judge_results(name: str, file: Path) -> Verdict:
    """The verdict on a tempest run: lines of status, seconds, test and why, with tabs between."""
    with file.open(newline="") as lines:
        rows = [(row["status"], short_name(row["test"])) for row in csv.DictReader(lines, delimiter="\t")]
    passed = [test for status, test in rows if status == "passed"]
    return judge(read_exclusions(name), passed, [test for status, test in rows if status != "passed"])


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    for service in ("network", "load_balancer", "identity"):
        tests = what.add_parser(service, help=f"openstacksdk's functional tests of {service}, on the cloud of OS_CLOUD")
        tests.add_argument("--image", default=os.environ.get("IMAGE"), required="IMAGE" not in os.environ)
        tests.add_argument("--physical-network", default="physical1")
    results = what.add_parser("results", help="judge the results of a tempest run")
    results.add_argument("name", choices=sorted(path.stem for path in FOLDER.glob("*.txt")))
    results.add_argument("file", type=Path)
    return parser.parse_args()


sys.exit(main())
