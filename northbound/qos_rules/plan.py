"""The rules that a port or an address follows -> rows of its switch's QoS table. Pure.

Directions are the guest's: what it sends (egress) enters the switch from its port. One row holds the limit and the DSCP
mark of a direction. OVN drops what exceeds a limit.
Source: ovn-mapping section 11; ovn-nb(5), QoS.
"""

from collections.abc import Mapping, Sequence

from northbound.qos_rules.qos_rule import BANDWIDTH_LIMIT, DSCP_MARKING, MINIMUM_BANDWIDTH, QosRule
from southbound import names
from southbound.ovsdb.rows import Row, row_uuid

PORT_PRIORITY = 2002
ADDRESS_PRIORITY = 2003
SWITCH_DIRECTIONS = {"egress": "from-lport", "ingress": "to-lport"}
BITS = 1000


def plan_qos(
    owner: str,
    network_id: str,
    rules: Sequence[QosRule],
    matches: Mapping[str, str],
    external_ids: Mapping[str, str],
    *,
    priority: int = PORT_PRIORITY,
    shaped: bool = False,
) -> list[Row]:
    """At most one row per direction; `matches` has what the row of a direction matches.

    `shaped`: the host shapes what the port sends (`shaping`), so that no row limits it again.
    """
    rows = []
    for direction, match in matches.items():
        limit = None if shaped and direction == "egress" else _find(rules, BANDWIDTH_LIMIT, direction)
        mark = _find(rules, DSCP_MARKING, None) if direction == "egress" else None
        if limit or mark:
            rows.append(
                Row(
                    "QoS",
                    owner=owner,
                    uuid=row_uuid(owner, f"qos/{direction}"),
                    inside=("Logical_Switch", names.switch_uuid(network_id), "qos_rules"),
                    columns={
                        "priority": priority,
                        "direction": SWITCH_DIRECTIONS[direction],
                        "match": match,
                        "bandwidth": _bandwidth(limit),
                        "action": {"dscp": mark.dscp_mark if mark else None},
                        "external_ids": external_ids,
                    },
                )
            )
    return rows


def shaping(rules: Sequence[QosRule], *, physical: bool) -> dict[str, str | None]:
    """Options of a switch port, in bits: queues on the host's physical interface guarantee bandwidth to it.

    None for each key without a guarantee, and on networks that leave the host in tunnels (`physical` False).
    """
    guarantee = _find(rules, MINIMUM_BANDWIDTH, "egress") if physical else None
    limit = _find(rules, BANDWIDTH_LIMIT, "egress") if guarantee else None
    return {
        "qos_min_rate": str(guarantee.min_kbps * BITS) if guarantee else None,
        "qos_max_rate": str(limit.max_kbps * BITS) if limit else None,
        "qos_burst": str(limit.max_burst_kbps * BITS) if limit and limit.max_burst_kbps else None,
    }


def _bandwidth(limit: QosRule | None) -> dict[str, int | None]:
    return {"rate": limit.max_kbps if limit else None, "burst": (limit.max_burst_kbps or None) if limit else None}


def _find(rules: Sequence[QosRule], kind: str, direction: str | None) -> QosRule | None:
    return next((rule for rule in rules if rule.kind == kind and rule.direction == direction), None)
