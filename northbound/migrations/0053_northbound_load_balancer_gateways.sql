-- What load balancers ask of routers and floating IPs.
--
-- OVN does not balance on a router with several gateways: a router of load balancers gets no second one.
CREATE FUNCTION northbound.refuse_gateway_of_balancing_router() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM northbound.router_ports r WHERE r.router_id = NEW.router_id AND r.is_gateway AND r.port_id <> NEW.port_id
    ) AND EXISTS (
        SELECT FROM northbound.router_ports r
        JOIN northbound.fixed_ips f ON f.port_id = r.port_id
        JOIN northbound.vips v ON v.subnet_id = f.subnet_id
        WHERE r.router_id = NEW.router_id AND NOT r.is_gateway
            AND NEW.router_id IN (SELECT northbound.routers_of_load_balancer(v.load_balancer_id))
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the router balances load',
            CONSTRAINT = 'router_ports_balancing';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER router_ports_balancing
    AFTER INSERT ON northbound.router_ports
    FOR EACH ROW WHEN (NEW.is_gateway) EXECUTE FUNCTION northbound.refuse_gateway_of_balancing_router();

-- A member answers through the gateway that balanced to it, so its own floating IP is translated there as well.
CREATE FUNCTION northbound.member_moves_floating_ips() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed northbound.members := coalesce(NEW, OLD);
BEGIN
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT 'floating_ip', f.id::text, pg_current_xact_id()::text::bigint
    FROM northbound.floating_ips f
    WHERE f.fixed_ip_address = changed.address AND f.fixed_subnet_id = northbound.subnet_of(changed);
    RETURN NULL;
END;
$$;
CREATE TRIGGER members_move_floating_ips
    AFTER INSERT OR DELETE ON northbound.members
    FOR EACH ROW EXECUTE FUNCTION northbound.member_moves_floating_ips();
