-- name: insert_router!
INSERT INTO northbound.routers (
    id, project_id, name, description, admin_state_up, enable_snat, availability_zone_hints
) VALUES (
    :id, :project_id, :name, :description, :admin_state_up, :enable_snat, :availability_zone_hints
);

-- name: lock_router$
SELECT id FROM northbound.routers WHERE id = :id FOR UPDATE;

-- name: update_router!
UPDATE northbound.routers SET
    name = :name, description = :description, admin_state_up = :admin_state_up, enable_snat = :enable_snat,
    extra_routes = :extra_routes, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: delete_router!
DELETE FROM northbound.routers WHERE id = :id;

-- name: insert_router_port!
INSERT INTO northbound.router_ports (port_id, router_id, is_gateway) VALUES (:port_id, :router_id, :is_gateway);

-- name: routers_of_ports
SELECT DISTINCT router_id FROM northbound.router_ports WHERE port_id = ANY(:port_ids::uuid[]);
