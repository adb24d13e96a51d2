-- name: keep_group$
SELECT project_id FROM northbound.security_groups WHERE id = :id FOR KEY SHARE;

-- name: select_groups
SELECT id FROM northbound.security_groups
WHERE id = :resource_id OR :resource_id::uuid IS NULL AND project_id = :project_id;
