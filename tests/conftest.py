"""The fixtures every test may ask for, and which tests may not be spread over the workers of one run."""

import pytest

pytest_plugins = [
    "tests.daemons.postgres",
    "tests.daemons.ovn",
    "tests.daemons.hypervisor",
    "tests.daemons.rabbitmq",
    "tests.daemons.identity",
    "tests.daemons.network",
    "tests.daemons.cloud",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares an expensive fixture: the one cloud of a run, and the daemons of a module.

    It must come before xdist's own hook, which reads the marks.
    """
    for item in items:
        shared = "cloud" if "cloud" in getattr(item, "fixturenames", ()) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(shared))
