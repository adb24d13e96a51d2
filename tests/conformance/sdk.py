"""Runs openstacksdk's functional tests of a service in this process, as its package has them."""

import logging
import unittest
import warnings
from pathlib import Path

from tests.conformance.exclusions import Verdict, judge, read_exclusions
from tests.conformance.ground import prepared_cloud

CLOUD_TESTS = {"identity": ("test_identity",)}
"""Tests of the same service by the names of the SDK's cloud layer."""


class Outcome(unittest.TestResult):
    """Which tests passed, and of the others what they said."""

    def __init__(self) -> None:
        super().__init__()
        self.passed: list[str] = []
        self.said: dict[str, str] = {}

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.passed.append(short_name(test.id()))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.said[short_name(test.id())] = f"skipped: {reason}"

    def addError(self, test: unittest.TestCase, err: object) -> None:
        self.said[short_name(test.id())] = self._exc_info_to_string(err, test)

    addFailure = addError


def short_name(test_id: str) -> str:
    """The class and the test; tempest's tags in brackets left out."""
    return ".".join(test_id.split("[")[0].split(".")[-2:])


def run(service: str, image_file: str, physical_network: str) -> Verdict:
    """Runs them all, those of exclusions too: an exclusion that is needed no longer shows."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    outcome = Outcome()
    with prepared_cloud(image_file, physical_network):
        _load(service).run(outcome)
    exclusions = read_exclusions(f"openstacksdk-{service}")
    verdict = judge(exclusions, outcome.passed, outcome.said)
    for name in verdict.failed:
        print(f"{name}\n{outcome.said[name]}")
    return verdict


def _load(service: str) -> unittest.TestSuite:
    """The tests of the installed package; imported late, since it reads the environment as it is imported."""
    from openstack.tests import functional

    from tests.conformance.adapted import adapt

    adapt()
    folder, loader = Path(functional.__file__).parent, unittest.TestLoader()
    found = loader.discover(str(folder / service), top_level_dir=str(folder.parents[2]))
    found.addTests(
        loader.loadTestsFromNames(f"{functional.__name__}.cloud.{name}" for name in CLOUD_TESTS.get(service, ()))
    )
    return found
