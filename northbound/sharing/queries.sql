-- name: insert_grant$
INSERT INTO northbound.rbac_policies (id, project_id, object_type, object_id, action, target_project)
VALUES (gen_random_uuid(), :project_id, :object_type, :object_id, :action, :target_project)
ON CONFLICT ON CONSTRAINT rbac_policies_same DO NOTHING
RETURNING id;

-- name: delete_grant!
DELETE FROM northbound.rbac_policies
WHERE object_type = :object_type AND object_id = :object_id AND action = :action AND target_project = :target_project;

-- name: delete_grants!
DELETE FROM northbound.rbac_policies
WHERE object_type = :object_type AND object_id = :object_id AND action = :action;
