-- name: insert_pool!
INSERT INTO northbound.pools (
    id, load_balancer_id, project_id, name, description, admin_state_up, protocol, persistence_timeout, tags
) VALUES (
    :id, :load_balancer_id, :project_id, :name, :description, :admin_state_up, :protocol, :persistence_timeout, :tags
);

-- name: update_pool!
UPDATE northbound.pools SET
    name = :name, description = :description, admin_state_up = :admin_state_up,
    persistence_timeout = :persistence_timeout, tags = :tags,
    revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: delete_pool!
DELETE FROM northbound.pools WHERE id = :id;
