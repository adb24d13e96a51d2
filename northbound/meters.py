"""A meter of OVN: what passes it each second, and what more is dropped. Pure.

Asked by the plans that bound something by packets: logs and protection. Source: ovn-nb(5), Meter and Meter_Band.
"""

from southbound.ovsdb.rows import Row, row_uuid


def plan_meter(owner: str, name: str, part: str, packets_per_s: int, burst: int, *, fair: bool | None) -> list[Row]:
    """The meter with its one band. `part` tells it from other meters of the owner; `fair`: for each ACL by itself."""
    meter, band = row_uuid(owner, part), row_uuid(owner, f"{part}/band")
    return [
        Row(
            "Meter",
            owner=owner,
            uuid=meter,
            columns={"name": name, "unit": "pktps", "bands": [band], "fair": fair, "external_ids": {}},
        ),
        Row(
            "Meter_Band",
            owner=owner,
            uuid=band,
            inside=("Meter", meter, "bands"),
            columns={"action": "drop", "rate": packets_per_s, "burst_size": burst, "external_ids": {}},
        ),
    ]
