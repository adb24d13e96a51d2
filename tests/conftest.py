"""The fixtures every test may ask for, and which tests may not be spread over the workers of one run.

Property tests have no deadline: how long an example takes is the machine's affair. Exceptions are logged as Python prints
them: structlog's own way of showing every local variable holds up the event loop for a second or two.
"""

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("meridian", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("meridian")

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.set_exc_info,
        structlog.processors.TimeStamper(fmt="%H:%M:%S.%f", utc=False),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

pytest_plugins = [
    "tests.daemons.postgres",
    "tests.daemons.ovn",
    "tests.daemons.hypervisor",
    "tests.daemons.rabbitmq",
    "tests.daemons.slapd",
    "tests.daemons.identity",
    "tests.daemons.oidc.provider",
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
