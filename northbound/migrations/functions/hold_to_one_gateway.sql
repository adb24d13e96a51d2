-- OVN does not balance on a router with several gateways. Whoever gives a router of load balancers a second one, or a
-- load balancer such a router, is refused: it would be left off in silence.
--
-- A gateway that is being taken away has lost its addresses first. The routers are kept from getting another gateway until
-- the transaction ends: whoever adds one holds its router locked.
CREATE OR REPLACE FUNCTION northbound.hold_to_one_gateway(load_balancers uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    routers uuid[];
    several uuid;
BEGIN
    routers := ARRAY(
        SELECT DISTINCT way FROM unnest(load_balancers) AS balancer (id), northbound.routers_of_load_balancer(balancer.id) AS way
    );
    PERFORM FROM northbound.routers r WHERE r.id = ANY (routers) ORDER BY r.id FOR KEY SHARE;
    SELECT g.router_id INTO several FROM northbound.router_ports g
    WHERE g.router_id = ANY (routers) AND g.is_gateway
        AND EXISTS (SELECT FROM northbound.fixed_ips f WHERE f.port_id = g.port_id)
    GROUP BY g.router_id HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'router_ports_balancing',
            DETAIL = several,
            MESSAGE = 'router ' || several || ' would have several gateways and load balancers behind it, and OVN balances'
                ' with one gateway only';
    END IF;
END;
$$;

-- Those with a VIP in a network that the router is in; one of its ports came, or lost an address.
CREATE OR REPLACE FUNCTION northbound.mark_load_balancers_at(router uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    near uuid[];
BEGIN
    near := ARRAY(
        SELECT DISTINCT v.load_balancer_id
        FROM northbound.router_ports r
        JOIN northbound.ports p ON p.id = r.port_id
        JOIN northbound.subnets u ON u.network_id = p.network_id
        JOIN northbound.vips v ON v.subnet_id = u.id
        WHERE r.router_id = router
    );
    PERFORM northbound.mark_load_balancers(near);
    PERFORM northbound.hold_to_one_gateway(near);
END;
$$;

CREATE OR REPLACE FUNCTION northbound.floating_ip_moves_load_balancers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    behind uuid[];
BEGIN
    behind := ARRAY(
        SELECT v.load_balancer_id FROM northbound.vips v WHERE v.port_id IN (OLD.fixed_port_id, NEW.fixed_port_id)
    );
    PERFORM northbound.mark_load_balancers(behind);
    PERFORM northbound.hold_to_one_gateway(behind);
    RETURN NULL;
END;
$$;
