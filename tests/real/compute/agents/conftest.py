"""The cloud of the tasks' tests."""

from tests.real.compute.tasks.conftest import cloud, database

__all__ = ["cloud", "database"]
