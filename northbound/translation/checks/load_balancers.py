"""What must hold of load balancers and their health checks."""

from collections.abc import Iterator, Mapping

from northbound.translation.checks.group import Check, Group
from southbound.ovsdb.rows import Row


def _checks_its_own_vips(row: Row, group: Group) -> Iterator[str]:
    """A health check of a VIP that its load balancer does not have is ignored by northd without a word."""
    if row.inside is None or "vip" not in row.columns:
        return
    holder = group.find(*row.inside[:2])
    if holder is not None and row.columns["vip"] not in (holder.get("vips") or {}):
        yield f"its load balancer has no VIP {row.columns['vip']}"


def _leads_to_its_own_family(row: Row, _group: Group) -> Iterator[str]:
    """northd drops a VIP that leads to another IP version."""
    for vip, backends in (row.columns.get("vips") or {}).items():
        if any(vip.startswith("[") != backend.startswith("[") for backend in filter(None, backends.split(","))):
            yield f"{vip} leads to {backends}"


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "Load_Balancer": {"vip-family": _leads_to_its_own_family},
    "Load_Balancer_Health_Check": {"checked-vip": _checks_its_own_vips},
}
