-- name: insert_router!
INSERT INTO northbound.routers (
    id, project_id, name, description, admin_state_up, enable_snat, distributed, enable_default_route_ecmp,
    enable_default_route_bfd, availability_zone_hints
) VALUES (
    :id, :project_id, :name, :description, :admin_state_up, :enable_snat, :distributed, :enable_default_route_ecmp,
    :enable_default_route_bfd, :availability_zone_hints
);

-- name: lock_router$
SELECT id FROM northbound.routers WHERE id = :id FOR UPDATE;

-- name: update_router!
UPDATE northbound.routers SET
    name = :name, description = :description, admin_state_up = :admin_state_up, enable_snat = :enable_snat,
    distributed = :distributed, enable_default_route_ecmp = :enable_default_route_ecmp,
    enable_default_route_bfd = :enable_default_route_bfd, extra_routes = :extra_routes, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: raise_revision!
UPDATE northbound.routers SET revision_number = revision_number + 1, updated_at = now() WHERE id = :id;

-- name: delete_router!
DELETE FROM northbound.routers WHERE id = :id;

-- name: insert_router_port!
INSERT INTO northbound.router_ports (port_id, router_id, is_gateway, position)
VALUES (:port_id, :router_id, :is_gateway, :position);

-- name: move_gateway!
UPDATE northbound.router_ports SET position = :position WHERE port_id = :port_id;

-- name: readers
-- Whose plans read the router, by kind.
SELECT 'port' AS kind, array_agg(port_id::text) AS ids FROM northbound.router_ports WHERE router_id = :id
HAVING count(*) > 0
UNION ALL
SELECT 'floating_ip', array_agg(translated.id::text)
FROM (
    SELECT id, gateway_port_id FROM northbound.floating_ips
    UNION SELECT floating_ip_id, gateway_port_id FROM northbound.port_forwardings
) AS translated (id, gateway_port_id)
JOIN northbound.router_ports g ON g.port_id = translated.gateway_port_id WHERE g.router_id = :id
HAVING count(*) > 0;

-- name: forwards$
SELECT EXISTS (
    SELECT FROM northbound.port_forwardings w
    JOIN northbound.router_ports g ON g.port_id = w.gateway_port_id WHERE g.router_id = :id
);

-- name: hand_over!
WITH other AS (
    SELECT t.port_id FROM northbound.router_ports g
    JOIN northbound.ports p ON p.id = g.port_id
    JOIN northbound.router_ports t ON t.router_id = g.router_id AND t.is_gateway AND t.port_id <> g.port_id
    JOIN northbound.ports q ON q.id = t.port_id AND q.network_id = p.network_id
    WHERE g.port_id = :port_id ORDER BY t.position LIMIT 1
)
UPDATE northbound.floating_ips SET gateway_port_id = other.port_id FROM other WHERE gateway_port_id = :port_id;

-- name: routers_of_ports
SELECT DISTINCT router_id FROM northbound.router_ports WHERE port_id = ANY(:port_ids::uuid[]);
