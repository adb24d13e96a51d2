-- Not only the second gateway of a router leads there: functions/hold_to_one_gateway.sql sees to it.
DROP TRIGGER router_ports_balancing ON northbound.router_ports;
DROP FUNCTION northbound.refuse_gateway_of_balancing_router();
