"""Which bindings of the southbound database are of a gateway."""

from southbound.gateways import parse_gateway
from southbound.names import chassis_redirect_name, router_port_name

PORT = "77777777-7777-4777-8777-777777777777"


def test_both_forms_of_a_gateway_name_its_port():
    assert parse_gateway({"logical_port": chassis_redirect_name(PORT)}) == PORT
    assert parse_gateway({"logical_port": router_port_name(PORT)}) == PORT


def test_the_switchs_end_is_none():
    assert parse_gateway({"logical_port": PORT}) is None
