"""Where the gateways of routers are served, as OVN's southbound database shows it. Pure.

northd makes a `chassisredirect` port of each gateway, which the chassis that serves it claims; of a router that is on one
chassis as a whole, every port is an `l3gateway` there. Source: ovn-sb(5), Port_Binding.
"""

from southbound.names import ROUTER_PORT_PREFIX, chassis_redirect_name
from southbound.ovsdb.replica import Columns

TABLES = {"Port_Binding": ("logical_port", "type", "chassis")}
CONDITIONS = {"Port_Binding": [["type", "==", "chassisredirect"], ["type", "==", "l3gateway"]]}
PREFIXES = (chassis_redirect_name(""), ROUTER_PORT_PREFIX)


def parse_gateway(row: Columns) -> str | None:
    """The id of the router's port that the binding is of; None for another end of it."""
    for prefix in PREFIXES:
        if row["logical_port"].startswith(prefix):
            return row["logical_port"].removeprefix(prefix)
    return None
