"""QoS rules as rows of the switch and options of the port."""

import msgspec
import pytest

from northbound.ports.bandwidth import resource_request
from northbound.ports.plan import plan_port
from northbound.ports.port import Guarantee
from northbound.qos_rules.qos_rule import QosRule, QoSRuleParameterConflict
from northbound.qos_rules.schema import check_together
from southbound import names
from tests.unit.northbound.factories import a_port, a_port_view, an_id

PORT = an_id("port")


def a_rule(kind: str, **said: object) -> QosRule:
    return QosRule(id=an_id(f"{kind} {said}"), qos_policy_id=an_id("policy"), kind=kind, **said)


LIMIT_OUT = a_rule("bandwidth_limit", direction="egress", max_kbps=3000, max_burst_kbps=300)
LIMIT_IN = a_rule("bandwidth_limit", direction="ingress", max_kbps=2000, max_burst_kbps=0)
MARK = a_rule("dscp_marking", dscp_mark=26)
GUARANTEE = a_rule("minimum_bandwidth", direction="egress", min_kbps=1000)


def planned(*rules: QosRule, **said: object) -> tuple[dict, dict[str, dict]]:
    """Options of the switch port, and columns of the QoS rows by direction."""
    rows = plan_port(msgspec.structs.replace(a_port_view(**said), qos=rules))
    (port,) = (row for row in rows if row.table == "Logical_Switch_Port")
    return port.columns["options"], {row.columns["direction"]: row.columns for row in rows if row.table == "QoS"}


def test_limit_and_mark_of_a_direction_share_a_row() -> None:
    options, rows = planned(LIMIT_OUT, MARK, LIMIT_IN)
    assert rows["from-lport"] == {
        "priority": 2002,
        "direction": "from-lport",
        "match": f'inport == "{PORT}"',
        "bandwidth": {"rate": 3000, "burst": 300},
        "action": {"dscp": 26},
        "external_ids": {"neutron:port_id": PORT},
    }
    assert (rows["to-lport"]["match"], rows["to-lport"]["bandwidth"]) == (
        f'outport == "{PORT}"',
        {"rate": 2000, "burst": None},
    )
    assert rows["to-lport"]["action"] == {"dscp": None}
    assert options["qos_min_rate"] is options["qos_max_rate"] is None


def test_port_without_rules_has_no_row() -> None:
    assert planned()[1] == {}
    assert planned(GUARANTEE)[1] == {}


def test_host_shapes_what_is_guaranteed_on_a_physical_network() -> None:
    options, rows = planned(LIMIT_OUT, LIMIT_IN, GUARANTEE, guarantee=Guarantee(1000, "physical1"))
    assert {key: value for key, value in options.items() if key.startswith("qos")} == {
        "qos_min_rate": "1000000",
        "qos_max_rate": "3000000",
        "qos_burst": "300000",
    }
    assert rows.keys() == {"to-lport"}


def test_row_hangs_in_the_ports_switch() -> None:
    rows = plan_port(msgspec.structs.replace(a_port_view(), qos=(MARK,)))
    (row,) = (row for row in rows if row.table == "QoS")
    assert (row.owner, row.inside) == (
        names.port_owner(PORT),
        ("Logical_Switch", names.switch_uuid(an_id("network")), "qos_rules"),
    )


def test_guarantee_is_an_input_of_placement() -> None:
    assert resource_request(a_port()) is None
    (group,) = resource_request(a_port(guarantee=Guarantee(1000, "physnet-1")))["request_groups"]
    assert group["required"] == ["CUSTOM_PHYSNET_PHYSNET_1", "CUSTOM_VNIC_TYPE_NORMAL"]
    assert group["resources"] == {"NET_BW_EGR_KILOBIT_PER_SEC": 1000}


@pytest.mark.parametrize(("rule", "other"), [(GUARANTEE, LIMIT_OUT), (LIMIT_OUT, GUARANTEE), (LIMIT_IN, GUARANTEE)])
def test_guarantee_fits_into_the_limit(rule: QosRule, other: QosRule) -> None:
    check_together(rule, [other])


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_guarantee_beyond_the_limit_is_refused(order: slice) -> None:
    rule, other = [LIMIT_OUT, a_rule("minimum_bandwidth", direction="egress", min_kbps=3001)][order]
    with pytest.raises(QoSRuleParameterConflict):
        check_together(rule, [other])
