-- name: read_views
-- Load balancers with all that their plans read.
--
-- Routers: for each VIP the one that its subnet's guests route by; the one of each of its floating IPs; and, for a VIP
-- in an external network, those that lead from it to a member. OVN cannot balance on a router of several gateways.
--
-- Networks: the VIP's, and those of the routers' interfaces. Of these only the load balancer's own project's, and
-- those whose guests route by that router anyway (its address there is the subnet's gateway): a switch that balances takes
-- a VIP for one wherever its guests send it, and an address that somebody may choose freely in a network of his own
-- must not catch what the guests of another network send to the true one. External networks never balance.
SELECT
    l.id,
    l.admin_state_up,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'ip', host(v.ip), 'port_id', v.port_id, 'floating_ips', ARRAY(
                SELECT host(f.floating_ip_address) FROM northbound.floating_ips f
                WHERE f.fixed_port_id = v.port_id AND f.fixed_ip_address = v.ip ORDER BY f.floating_ip_address
            )
        ) ORDER BY v.position), '[]')
        FROM northbound.vips v WHERE v.load_balancer_id = l.id
    ) AS vips,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', s.id, 'protocol', s.protocol, 'protocol_port', s.protocol_port,
            'default_pool_id', s.default_pool_id, 'admin_state_up', s.admin_state_up
        ) ORDER BY s.id), '[]')
        FROM northbound.listeners s WHERE s.load_balancer_id = l.id
    ) AS listeners,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', p.id, 'admin_state_up', p.admin_state_up, 'persistence_timeout', p.persistence_timeout,
            'monitor', (
                SELECT jsonb_build_object(
                    'id', h.id, 'delay', h.delay, 'timeout', h.timeout, 'max_retries', h.max_retries,
                    'max_retries_down', h.max_retries_down, 'admin_state_up', h.admin_state_up
                )
                FROM northbound.health_monitors h WHERE h.pool_id = p.id
            ),
            'members', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'id', m.id, 'address', host(m.address), 'protocol_port', m.protocol_port,
                    'subnet_id', northbound.subnet_of(m), 'admin_state_up', m.admin_state_up, 'weight', m.weight,
                    'port_id', northbound.port_of(m), 'probe_ip', (
                        SELECT host(f.ip)
                        FROM northbound.probe_ports b JOIN northbound.fixed_ips f ON f.port_id = b.port_id
                        WHERE b.subnet_id = northbound.subnet_of(m)
                    )
                ) ORDER BY m.address, m.protocol_port), '[]')
                FROM northbound.members m WHERE m.pool_id = p.id
            )
        ) ORDER BY p.id), '[]')
        FROM northbound.pools p WHERE p.load_balancer_id = l.id
    ) AS pools,
    ARRAY(
        SELECT u.network_id::text
        FROM northbound.vips v
        JOIN northbound.subnets u ON u.id = v.subnet_id
        WHERE v.load_balancer_id = l.id AND NOT northbound.is_external(u.network_id)
        UNION
        SELECT n.id::text
        FROM northbound.routers_of_load_balancer(l.id) AS router
        JOIN northbound.router_ports i ON i.router_id = router AND NOT i.is_gateway
        JOIN northbound.fixed_ips f ON f.port_id = i.port_id
        JOIN northbound.subnets u ON u.id = f.subnet_id
        JOIN northbound.networks n ON n.id = u.network_id
        WHERE NOT northbound.is_external(n.id) AND (f.ip = u.gateway_ip OR n.project_id = l.project_id)
        ORDER BY 1
    ) AS networks,
    ARRAY(
        SELECT router::text FROM northbound.routers_of_load_balancer(l.id) AS router
        WHERE (SELECT count(*) FROM northbound.router_ports g WHERE g.router_id = router AND g.is_gateway) <= 1
        ORDER BY 1
    ) AS routers
FROM northbound.load_balancers l
WHERE l.id = ANY(:ids::uuid[]);
