"""The fixtures every test may ask for."""

pytest_plugins = [
    "tests.daemons.postgres",
    "tests.daemons.ovn",
    "tests.daemons.hypervisor",
    "tests.daemons.rabbitmq",
    "tests.daemons.identity",
]
