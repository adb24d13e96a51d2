"""A log -> the meter that bounds its lines; and the columns of an ACL that is logged. Pure.

Each log has a meter of its own, fair among its ACLs: nobody's traffic silences the log of others.
Source: ovn-mapping section 7.4; ovn-nb(5), Meter and ACL.
"""

from typing import Any
from uuid import UUID

from northbound.logs.log import Log
from northbound.meters import plan_meter
from southbound import names
from southbound.ovsdb.rows import Row

LINES_PER_S = 100
BURST_LINES = 25
LARGEST_LABEL = 2**32 - 1


def plan_log(log: Log) -> list[Row]:
    """None while it is off."""
    if not log.enabled:
        return []
    return plan_meter(
        names.log_owner(log.id), names.log_meter_name(log.id), "meter", LINES_PER_S, BURST_LINES, fair=True
    )


def logged(log_id: str | None, *, connection: str | None = None) -> dict[str, Any]:
    """What an ACL says of its log, None being none. `connection` is the id of a rule whose connections are logged
    whole: the label tells replies whose they are."""
    if log_id is None:
        return {
            "log": False,
            "name": None,
            "severity": None,
            "meter": None,
            "label": 0,
            "options": {"log-related": None},
        }
    return {
        "log": True,
        "name": names.log_name(log_id),
        "severity": "info",
        "meter": names.log_meter_name(log_id),
        "label": 1 + UUID(connection).int % LARGEST_LABEL if connection else 0,
        "options": {"log-related": "true" if connection else None},
    }
