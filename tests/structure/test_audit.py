"""What makes a resource says which one, for the record."""

import inspect
import sys
from collections.abc import Iterator

import pytest

from deploy.apis import APIS

MAKING = ("create", "add", "attach")
MAKES_NOTHING = ("load-balancer:create_absent", "network:create_port_binding")
"""Refused always; named by its port and its host."""


def makers() -> Iterator[tuple[str, str]]:
    """(route, source of its handler's module) of each route that makes what its path does not name."""
    for api in APIS:
        for path, methods in api.routes.items():
            route = methods.get("POST")
            if route is None or path.endswith("}"):
                continue
            verb = route.rule.partition(":")[2].partition("_")[0]
            if verb in MAKING and route.rule not in MAKES_NOTHING:
                yield (
                    f"POST {api.prefix}{path}",
                    inspect.getsource(sys.modules[inspect.unwrap(route.handler).__module__]),
                )


@pytest.mark.parametrize(("route", "source"), list(makers()), ids=[route for route, _ in makers()])
def test_handler_says_what_it_makes(route: str, source: str) -> None:
    """Itself, or by `identity.nouns`, whose tables say it of each row that they insert."""
    by_table = ("self.table.insert(", ".insert(connection", "store.insert_project(")
    assert "creates(" in source or any(call in source for call in by_table), route
