"""Every write of the network API goes through `northbound.writes`, and names a resource that has revisions."""

from pathlib import Path

import pytest

from northbound.application import API
from northbound.revisions import constrained_resource

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "northbound").rglob("*routes.py"))
WITHOUT_REVISIONS = ("/v2.0/quotas/", "/v2.0/agents/", "/v2.0/auto-allocated-topology/", "/v2.0/qos/alias-")
CONSTRAINABLE = sorted(
    path
    for path, methods in API.routes.items()
    if methods.keys() & {"PUT", "DELETE"} and not path.startswith(WITHOUT_REVISIONS)
)


@pytest.mark.parametrize("module", HANDLERS, ids=lambda module: str(module.relative_to(ROOT)))
def test_handler_opens_no_transaction_of_its_own(module: Path) -> None:
    """Such a one would be done for real by a dry run, and would not look at If-Match."""
    assert ".transaction()" not in module.read_text()


@pytest.mark.parametrize("path", CONSTRAINABLE)
def test_if_match_finds_the_resource_of_every_change(path: str) -> None:
    assert constrained_resource(path) is not None, f"northbound.revisions.TABLES lacks the collection of {path}"
