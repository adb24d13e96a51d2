-- name: insert_member!
INSERT INTO northbound.members (
    id, pool_id, load_balancer_id, project_id, name, admin_state_up, address, protocol_port, subnet_id, weight, tags
) VALUES (
    :id, :pool_id, :load_balancer_id, :project_id, :name, :admin_state_up, :address, :protocol_port, :subnet_id,
    :weight, :tags
);

-- name: update_member!
UPDATE northbound.members SET
    name = :name, admin_state_up = :admin_state_up, weight = :weight, tags = :tags,
    revision = pg_current_xact_id()::text::bigint, updated_at = now()
WHERE id = :id;

-- name: delete_members!
DELETE FROM northbound.members WHERE id = ANY(:ids::uuid[]);
