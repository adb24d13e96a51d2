-- name: insert_listener!
INSERT INTO northbound.listeners (
    id, load_balancer_id, project_id, name, description, admin_state_up, protocol, protocol_port, default_pool_id, tags
) VALUES (
    :id, :load_balancer_id, :project_id, :name, :description, :admin_state_up, :protocol, :protocol_port,
    :default_pool_id, :tags
);

-- name: update_listener!
UPDATE northbound.listeners SET
    name = :name, description = :description, admin_state_up = :admin_state_up, default_pool_id = :default_pool_id,
    tags = :tags, revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: serve!
UPDATE northbound.listeners SET
    default_pool_id = :pool_id, revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: delete_listener!
DELETE FROM northbound.listeners WHERE id = :id;
