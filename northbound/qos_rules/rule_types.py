"""The types of QoS rules that OVN can keep, and what each accepts."""

from typing import Any

from aiohttp import web

from identity.policy import authorize
from northbound.envelope import pick
from northbound.qos_rules.qos_rule import BANDWIDTH_LIMIT, DSCP_MARKING, MINIMUM_BANDWIDTH
from northbound.qos_rules.schema import DSCP_MARKS, LARGEST
from runtime.errors import NotFound
from runtime.web.bodies import reply


def _range(name: str, start: int) -> dict[str, Any]:
    return {"parameter_name": name, "parameter_type": "range", "parameter_values": {"start": start, "end": LARGEST}}


def _choices(name: str, *values: object) -> dict[str, Any]:
    return {"parameter_name": name, "parameter_type": "choices", "parameter_values": list(values)}


PARAMETERS = {
    BANDWIDTH_LIMIT: [
        _range("max_kbps", 1),
        _range("max_burst_kbps", 0),
        _choices("direction", "egress", "ingress"),
    ],
    DSCP_MARKING: [_choices("dscp_mark", *DSCP_MARKS)],
    MINIMUM_BANDWIDTH: [_range("min_kbps", 1), _choices("direction", "egress")],
}


class QosRuleTypeNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"QoS rule type {name[:64]} could not be found.")


async def list_rule_types(request: web.Request) -> web.Response:
    """`all_supported` and `all_rules` ask for nothing else: there is one driver, and it keeps all that there is."""
    authorize(request, {})
    return reply({"rule_types": [pick(request, {"type": name}) for name in PARAMETERS]})


async def show_rule_type(request: web.Request) -> web.Response:
    authorize(request, {})
    name = request.match_info["rule_type"]
    if name not in PARAMETERS:
        raise QosRuleTypeNotFound(name)
    drivers = [{"name": "ovn", "supported_parameters": PARAMETERS[name]}]
    return reply({"rule_type": pick(request, {"type": name, "drivers": drivers})})
