"""There is one way to a handler, and it passes the policy: nothing else serves HTTP, and stores know no requests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("runtime", "identity", "southbound", "northbound", "compute", "deploy")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
SERVES = {"runtime/web/application.py", "deploy/control.py"}
"""The pipeline of every API, and Prometheus' page."""
STORAGE = ("store.py", "table.py", "plan.py", "claims.py", "snapshot.py")
LENT = {
    "northbound.changes",
    "northbound.dns.names",
    "northbound.floating_ips",
    "northbound.networks",
    "northbound.networks.network",
    "northbound.networks.sharing",
    "northbound.ports",
    "northbound.ports.errors",
    "northbound.ports.orders",
    "northbound.ports.port",
    "northbound.ports.vnic",
    "northbound.ports.wiring",
    "northbound.security_group_rules.rule",
    "northbound.security_groups",
    "northbound.security_groups.group",
    "northbound.security_groups.sharing",
    "northbound.translation.service",
    "northbound.translation.withdrawals",
    "northbound.trunks.membership",
    "northbound.trunks.trunk",
}
"""What the compute API uses of the network API, beside which no route and no rule stands: each takes whom it is for
(`reach`), or tells nothing of anybody's. Whoever adds one says here that it was looked at."""


def imports_of(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_threat_P9_only_the_pipeline_serves_apis() -> None:
    serving = {
        str(module.relative_to(ROOT))
        for module in MODULES
        if any(
            word in module.read_text() for word in ("web.Application(", ".router.add_", "add_routes(", "RouteTableDef")
        )
    }
    assert serving == SERVES


@pytest.mark.parametrize("module", [m for m in MODULES if m.name in STORAGE], ids=lambda m: str(m.relative_to(ROOT)))
def test_threat_P9_storage_knows_no_requests_and_decides_nothing(module: Path) -> None:
    """So that whoever has a request has come through the pipeline, and whoever reads a row has asked the policy."""
    found = {name for name in imports_of(module) if name.startswith(("aiohttp", "identity.policy"))}
    assert not found


def test_threat_P9_compute_uses_of_networks_what_takes_whom_it_is_for() -> None:
    used = {
        name
        for module in (ROOT / "compute").rglob("*.py")
        for name in imports_of(module)
        if name.startswith("northbound")
    }
    assert used == LENT
