-- Whoever changes what a load balancer's plan reads marks it, in the same statement: routers, floating IPs and ports
-- know nothing of load balancers.

CREATE FUNCTION northbound.mark_load_balancers(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO northbound.dirty (owner_kind, owner_id, revision)
    SELECT DISTINCT 'load_balancer', id::text, pg_current_xact_id()::text::bigint FROM unnest(ids) AS id
$$;

-- Those with a VIP in a network that the router is in.
CREATE FUNCTION northbound.mark_load_balancers_at(router uuid) RETURNS void LANGUAGE sql AS $$
    SELECT northbound.mark_load_balancers(array_agg(DISTINCT v.load_balancer_id))
    FROM northbound.router_ports r
    JOIN northbound.ports p ON p.id = r.port_id
    JOIN northbound.subnets u ON u.network_id = p.network_id
    JOIN northbound.vips v ON v.subnet_id = u.id
    WHERE r.router_id = router
$$;

CREATE FUNCTION northbound.router_port_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_load_balancers_at(NEW.router_id);
    RETURN NULL;
END;
$$;
CREATE TRIGGER router_ports_move_load_balancers
    AFTER INSERT ON northbound.router_ports
    FOR EACH ROW EXECUTE FUNCTION northbound.router_port_moves_load_balancers();

-- An address of a router's port (a port's addresses go before the port does), or the address of a monitored member.
CREATE FUNCTION northbound.address_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed northbound.fixed_ips := coalesce(NEW, OLD);
    router uuid;
BEGIN
    SELECT router_id INTO router FROM northbound.router_ports WHERE port_id = changed.port_id;
    IF router IS NOT NULL THEN
        PERFORM northbound.mark_load_balancers_at(router);
    END IF;
    PERFORM northbound.mark_load_balancers(array_agg(m.load_balancer_id))
    FROM northbound.members m
    WHERE m.address = changed.ip AND EXISTS (SELECT FROM northbound.health_monitors h WHERE h.pool_id = m.pool_id)
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;
CREATE TRIGGER fixed_ips_move_load_balancers
    AFTER INSERT OR DELETE ON northbound.fixed_ips
    FOR EACH ROW EXECUTE FUNCTION northbound.address_moves_load_balancers();

CREATE FUNCTION northbound.floating_ip_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM northbound.mark_load_balancers(array_agg(v.load_balancer_id))
    FROM northbound.vips v WHERE v.port_id IN (OLD.fixed_port_id, NEW.fixed_port_id) HAVING count(*) > 0;
    RETURN NULL;
END;
$$;
CREATE TRIGGER floating_ips_move_load_balancers
    AFTER INSERT OR UPDATE OR DELETE ON northbound.floating_ips
    FOR EACH ROW EXECUTE FUNCTION northbound.floating_ip_moves_load_balancers();

-- A network that becomes external, or ceases to be it.
CREATE FUNCTION northbound.grant_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed northbound.rbac_policies := coalesce(NEW, OLD);
BEGIN
    IF changed.action = 'access_as_external' THEN
        PERFORM northbound.mark_load_balancers_at(r.router_id)
        FROM northbound.router_ports r JOIN northbound.ports p ON p.id = r.port_id
        WHERE p.network_id = changed.object_id;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER rbac_policies_move_load_balancers
    AFTER INSERT OR DELETE ON northbound.rbac_policies
    FOR EACH ROW EXECUTE FUNCTION northbound.grant_moves_load_balancers();

-- The routers that a load balancer's VIPs are reached through; see northbound/balancing/view.sql.
CREATE FUNCTION northbound.routers_of_load_balancer(load_balancer uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT way.router_id
    FROM northbound.vips v
    CROSS JOIN LATERAL (
        SELECT i.router_id
        FROM northbound.router_ports i
        JOIN northbound.fixed_ips f ON f.port_id = i.port_id
        JOIN northbound.subnets u ON u.id = f.subnet_id
        WHERE NOT i.is_gateway AND f.subnet_id = v.subnet_id
        ORDER BY f.ip IS DISTINCT FROM u.gateway_ip, i.router_id
        LIMIT 1
    ) AS way
    WHERE v.load_balancer_id = load_balancer
    UNION
    SELECT g.router_id
    FROM northbound.vips v
    JOIN northbound.floating_ips f ON f.fixed_port_id = v.port_id AND f.fixed_ip_address = v.ip
    JOIN northbound.router_ports g ON g.port_id = f.gateway_port_id
    WHERE v.load_balancer_id = load_balancer
    UNION
    SELECT g.router_id
    FROM northbound.vips v
    JOIN northbound.subnets u ON u.id = v.subnet_id
    JOIN northbound.ports p ON p.network_id = u.network_id
    JOIN northbound.router_ports g ON g.port_id = p.id AND g.is_gateway
    JOIN northbound.router_ports i ON i.router_id = g.router_id AND NOT i.is_gateway
    JOIN northbound.fixed_ips f ON f.port_id = i.port_id
    JOIN northbound.members m ON m.load_balancer_id = v.load_balancer_id AND northbound.subnet_of(m) = f.subnet_id
    WHERE v.load_balancer_id = load_balancer
$$;

CREATE FUNCTION northbound.is_external(network uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM northbound.rbac_policies WHERE object_id = network AND action = 'access_as_external'
    )
$$;
