-- name: insert_rules$
SELECT northbound.insert_rules(:rules, :request_id, :default_limit, :touching);

-- name: find_same_rule$
SELECT id FROM northbound.security_group_rules
WHERE security_group_id = :security_group_id AND direction = :direction AND ethertype = :ethertype
  AND protocol_number IS NOT DISTINCT FROM :protocol_number::smallint
  AND port_range_min IS NOT DISTINCT FROM :port_range_min::integer
  AND port_range_max IS NOT DISTINCT FROM :port_range_max::integer
  AND remote_group_id IS NOT DISTINCT FROM :remote_group_id::uuid
  AND remote_address_group_id IS NOT DISTINCT FROM :remote_address_group_id::uuid
  AND source IS NOT DISTINCT FROM
      CASE WHEN masklen(:remote_ip_prefix::cidr) > 0 THEN :remote_ip_prefix::cidr END;

-- name: update_description!
UPDATE northbound.security_group_rules
SET description = :description, revision_number = revision_number + 1, updated_at = now()
WHERE id = :id;

-- name: select_views
-- With whether their groups keep state, and the log of what these let pass: the oldest that asks for it, none of a group
-- that is shared.
SELECT r.*, g.stateful, CASE WHEN EXISTS (SELECT FROM northbound.logs) THEN (
    SELECT l.id FROM northbound.logs l
    WHERE l.enabled AND l.event <> 'DROP'
      AND (l.resource_id = g.id OR l.resource_id IS NULL AND l.project_id = g.project_id)
      AND NOT EXISTS (
          SELECT FROM northbound.rbac_policies p WHERE p.object_type = 'security_group' AND p.object_id = g.id
      )
    ORDER BY l.created_at, l.id LIMIT 1
) END AS log_id
FROM northbound.security_group_rules r JOIN northbound.security_groups g ON g.id = r.security_group_id
WHERE r.id = ANY(:ids::uuid[]);

-- name: select_remotes_with_pairs
-- The groups that they admit and whose members have allowed address pairs.
SELECT DISTINCT m.security_group_id
FROM northbound.ports p JOIN northbound.port_security_groups m ON m.port_id = p.id
WHERE p.allowed_address_pairs <> '[]' AND m.security_group_id IN (
    SELECT r.remote_group_id FROM northbound.security_group_rules r
    WHERE r.id = ANY(:ids::uuid[]) AND r.remote_group_id IS NOT NULL
);

-- name: delete_rule$
-- The setting is read by the trigger, which marks when all rows are gone.
WITH gone AS (
    DELETE FROM northbound.security_group_rules WHERE id = :id RETURNING id
)
SELECT id, set_config('northbound.request', coalesce(:request_id::text, ''), true) FROM gone;

-- name: delete_rules_about
-- Every rule of the group, and every rule of other groups that names it as the remote end.
WITH gone AS (
    DELETE FROM northbound.security_group_rules
    WHERE security_group_id = :group_id OR remote_group_id = :group_id
    RETURNING security_group_id, project_id
)
SELECT security_group_id, project_id, set_config('northbound.request', coalesce(:request_id::text, ''), true) FROM gone;
