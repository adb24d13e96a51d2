-- name: insert_group!
INSERT INTO northbound.security_groups (id, project_id, name, description, stateful, is_default)
VALUES (:id, :project_id, :name, :description, :stateful, false);

-- name: find_default$
SELECT id FROM northbound.security_groups WHERE project_id = :project_id AND is_default;

-- name: insert_default$
INSERT INTO northbound.security_groups (id, project_id, name, description, is_default)
VALUES (:id, :project_id, :name, :description, true)
ON CONFLICT (project_id) WHERE is_default DO NOTHING
RETURNING id;

-- name: keep_groups
SELECT id, project_id FROM northbound.security_groups WHERE id = ANY(:ids::uuid[]) FOR KEY SHARE;

-- name: are_mixed$
SELECT count(DISTINCT stateful) > 1 FROM northbound.security_groups WHERE id = ANY(:ids::uuid[]);

-- name: select_granted
-- To be read after the groups are kept: a grant goes only under FOR UPDATE.
SELECT object_id FROM northbound.rbac_policies
WHERE object_type = 'security_group' AND object_id = ANY(:ids::uuid[]) AND action = 'access_as_shared'
  AND target_project IN ('*', :project_id);

-- name: is_used$
SELECT EXISTS (SELECT FROM northbound.port_security_groups WHERE security_group_id = :id);

-- name: lock_group$
SELECT id FROM northbound.security_groups WHERE id = :id FOR UPDATE;

-- name: update_group!
UPDATE northbound.security_groups
SET name = :name, description = :description, stateful = :stateful,
    revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: touch_groups!
UPDATE northbound.security_groups SET revision_number = revision_number + 1, updated_at = now()
WHERE id = ANY(:ids::uuid[]);

-- name: delete_group!
DELETE FROM northbound.security_groups WHERE id = :id;

-- name: select_pairs
-- The allowed address pairs of the members, of groups where any has some.
SELECT m.security_group_id, array_agg(DISTINCT pair->>'ip_address') AS addresses
FROM northbound.ports p
JOIN northbound.port_security_groups m ON m.port_id = p.id
CROSS JOIN jsonb_array_elements(p.allowed_address_pairs) AS pair
WHERE p.allowed_address_pairs <> '[]' AND m.security_group_id = ANY(:ids::uuid[])
GROUP BY m.security_group_id;

-- name: select_drop_logs
-- The logs of what groups drop: the oldest that asks for it, none of a group that is shared.
SELECT g.id, (
    SELECT l.id FROM northbound.logs l
    WHERE l.enabled AND l.event <> 'ACCEPT'
      AND (l.resource_id = g.id OR l.resource_id IS NULL AND l.project_id = g.project_id)
    ORDER BY l.created_at, l.id LIMIT 1
) AS drop_log
FROM northbound.security_groups g
WHERE g.id = ANY(:ids::uuid[]) AND EXISTS (SELECT FROM northbound.logs) AND NOT EXISTS (
    SELECT FROM northbound.rbac_policies p WHERE p.object_type = 'security_group' AND p.object_id = g.id
);
