-- Which router balances for a VIP, and on which switches, is read from the gateways of subnets as well.
CREATE FUNCTION northbound.gateway_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_load_balancers_at(r.router_id)
    FROM northbound.fixed_ips f JOIN northbound.router_ports r ON r.port_id = f.port_id
    WHERE f.subnet_id = NEW.id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER subnets_move_load_balancers
    AFTER UPDATE OF gateway_ip ON northbound.subnets
    FOR EACH ROW WHEN (OLD.gateway_ip IS DISTINCT FROM NEW.gateway_ip)
    EXECUTE FUNCTION northbound.gateway_moves_load_balancers();
