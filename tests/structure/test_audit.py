"""What makes a resource says which one, for the record."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.apis import APIS

MAKING = ("create", "add", "attach")
MAKES_NOTHING = ("load-balancer:create_absent", "network:create_port_binding")
"""Refused always; named by its port and its host."""


def makers() -> Iterator[tuple[str, str]]:
    """(route, source of its handler's package) of each route that makes what its path does not name."""
    for api in APIS:
        for path, methods in api.routes.items():
            route = methods.get("POST")
            if route is None or path.endswith("}"):
                continue
            verb = route.rule.partition(":")[2].partition("_")[0]
            if verb in MAKING and route.rule not in MAKES_NOTHING:
                module = Path(inspect.getfile(inspect.unwrap(route.handler)))
                yield f"POST {api.prefix}{path}", "".join(path.read_text() for path in module.parent.glob("*.py"))


@pytest.mark.parametrize(("route", "source"), list(makers()), ids=[route for route, _ in makers()])
def test_handler_says_what_it_makes(route: str, source: str) -> None:
    """Itself, or by a table of `identity.nouns`, which says it of each row that it inserts."""
    assert "creates(" in source or ".insert(connection" in source, route
