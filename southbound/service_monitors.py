"""What OVN's health checks found, as its southbound database shows it. Pure.

northd makes a Service_Monitor for each backend that is checked; the ovn-controller of the backend's host writes its
status. Source: ovn-sb(5), Service_Monitor.
"""

from dataclasses import dataclass

from southbound.ovsdb.replica import Columns

TABLES = {"Service_Monitor": ("ip", "protocol", "port", "logical_port", "status")}
HEALTH = {"online": "ONLINE", "offline": "ERROR", "error": "ERROR"}


@dataclass(frozen=True, slots=True, order=True)
class Backend:
    """What is checked: a service at an address of a switch port; `protocol` as the API writes it."""

    port_id: str
    address: str
    protocol: str
    port: int


def parse_backend(row: Columns) -> Backend:
    return Backend(row["logical_port"], row["ip"], (row["protocol"] or "tcp").upper(), row["port"])


def parse_health(row: Columns | None) -> str | None:
    """ONLINE or ERROR; None while no check has come to an end, or there is none."""
    return HEALTH.get(row["status"] or "") if row is not None else None
